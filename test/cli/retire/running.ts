import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Journal } from "../../../cli/journal";
import type { Api, Deployment } from "../../../cli/kubernetes";
import { silent } from "../../../cli/progress";
import { carryOut, look, type StepName, type Timing } from "../../../cli/retire";
import { type clusterOf, deployment, faultmaven, namespace } from "./support";

const folder = mkdtempSync(join(tmpdir(), "platform-retire-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The record of the steps of a test file. */
export const file = join(folder, "record.json");

export function journalOf(): Journal {
  return new Journal(file, { command: "retire", context: "fake", startedAt: "" }, silent);
}

/** Looks, and does a step with little patience. */
export async function run(api: Api, step: StepName, journal = journalOf()): Promise<Timing> {
  const { legacy } = faultmaven;
  const site = { api, legacy, journal, progress: silent, patienceMs: 30, pollMs: 5 };
  return carryOut(site, await look(api, faultmaven, new Date()), step);
}

/** One that runs, and one that is at zero by somebody else. */
export const two = [
  deployment("fm-api-gateway", { replicas: 3 }),
  deployment("fm-case-service", { replicas: 0 }),
];

/** Name, replicas and annotations of the old Deployments. */
export const stateOf = ({ objects }: ReturnType<typeof clusterOf>) =>
  (objects as readonly Deployment[])
    .filter((it) => it.kind === "Deployment" && it.metadata.namespace === namespace)
    .map(({ metadata, spec }) => [metadata.name, spec?.replicas, metadata.annotations ?? {}]);
