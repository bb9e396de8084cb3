import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import type {
  CronJob,
  LiveObject,
  NetworkPolicy,
  ScaledObject,
  Workload,
} from "../../../cli/restore/objects";
import type { SystemObjects } from "../../../cli/restore/writers";

const golden = join(__dirname, "..", "..", "golden");

/** The namespaces of each system in the golden files of a stack. */
export const namespacesIn = {
  dev: { philotes: ["philotes"] },
  staging: { philotes: ["philotes-staging"] },
  prod: { philotes: ["philotes"] },
} as const;

const everywhere = {
  thunderline: ["thunderline"],
  faultmaven: ["faultmaven"],
  telemetry: ["mqtt-redpanda-bridge", "timescaledb", "heatpump-settings"],
};

export type Stack = keyof typeof namespacesIn;
export const stacks = Object.keys(namespacesIn) as Stack[];

/** What a stack's systems are made of, as the engine renders them, by system. */
export function systemsOf(stack: Stack): Readonly<Record<string, SystemObjects>> {
  const namespaces: Record<string, readonly string[]> = { ...everywhere, ...namespacesIn[stack] };
  return Object.fromEntries(
    Object.entries(namespaces).map(([system, folders]) => [system, objectsIn(stack, folders)]),
  );
}

function objectsIn(stack: Stack, folders: readonly string[]): SystemObjects {
  const all = folders.flatMap((folder) => {
    const path = join(golden, stack, folder);
    return readdirSync(path).map((file) => {
      return parse(readFileSync(join(path, file), "utf8")) as LiveObject;
    });
  });
  const of = (...kinds: string[]) => all.filter(({ kind }) => kinds.includes(kind));
  return {
    workloads: of("Deployment", "StatefulSet") as Workload[],
    cronJobs: of("CronJob") as CronJob[],
    policies: of("NetworkPolicy") as NetworkPolicy[],
    scaledObjects: of("ScaledObject") as ScaledObject[],
  };
}
