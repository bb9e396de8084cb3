import type { z } from "zod";

import type { bucketBackup, clientDumpBackup, dumpBackup, filesBackup } from "../backup";
import type { Environment } from "../environment";
import { sized } from "./common";

/** What a store's backup differs in from the others. */
interface Night {
  /** Five cron fields, in UTC; the stores take turns from half past midnight on. */
  readonly schedule: string;
  /** Of the claim that backups are on: about twice that of the store's own. */
  readonly size: string;
  /** What becomes of that claim once nothing is backed up on it. @default keep */
  readonly data?: "keep" | "discard";
  /** @default large */
  readonly job?: keyof typeof jobs;
}

/** The two sizes that the source of the telemetry stack gives the jobs of its dumps. */
const jobs = {
  small: sized("50m", "128Mi", "200m", "256Mi"),
  large: sized("100m", "256Mi", "500m", "1Gi"),
} as const;

/** Document 004 keeps backups for 30 days; a week is enough to practise with. */
const keptDays = { staging: 7, prod: 30 } as const;

/** The image that Lakekeeper's bootstrap runs in too. */
const python = { clientImage: "docker.io/library/python:3.13-alpine" } as const;

export function dump(environment: Environment, night: Night): z.input<typeof dumpBackup> {
  return environment === "dev" ? none(night) : { method: "dump", ...archive(environment, night) };
}

export function clientDump(
  environment: Environment,
  night: Night,
): z.input<typeof clientDumpBackup> {
  return environment === "dev"
    ? none(night)
    : { method: "dump", ...archive(environment, night), ...python };
}

export function bucketCopy(environment: Environment, night: Night): z.input<typeof bucketBackup> {
  return environment === "dev" ? none(night) : { method: "copy", ...archive(environment, night) };
}

export function filesCopy(environment: Environment, night: Night): z.input<typeof filesBackup> {
  return environment === "dev"
    ? none(night)
    : { method: "copy", ...archive(environment, night), ...python };
}

function none({ size }: Night) {
  return {
    method: "none",
    reason: "what a developer tries out can be made again",
    claim: { volume: { size }, data: "discard" },
  } as const;
}

function archive(
  environment: keyof typeof keptDays,
  { schedule, size, data = "keep", job = "large" }: Night,
) {
  return {
    schedule,
    keepDays: keptDays[environment],
    target: { to: "claim" },
    claim: { volume: { size }, data },
    resources: jobs[job],
    deadlineSeconds: 7200,
  } as const;
}
