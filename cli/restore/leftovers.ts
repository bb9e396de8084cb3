import { UserError } from "../errors";
import { type Kubectl, objectsOf, remove } from "./cluster";
import { endOf, taskLabel } from "./job";
import type { Job } from "./objects";
import { restoreLabel } from "./writers";

/** What runs of this command that were cut short have left in the namespaces of a system. */
export interface Leftovers {
  /** Restores that are at work, of this machine or of another one. */
  readonly running: readonly Job[];
  /** Restores that have ended. */
  readonly ended: readonly Job[];
}

/** Finds the Jobs of earlier runs; those that only listed are removed at once. */
export async function leftovers(
  kubectl: Kubectl,
  namespaces: readonly string[],
): Promise<Leftovers> {
  const jobs = (await objectsOf(
    kubectl,
    namespaces,
    ["jobs.batch"],
    restoreLabel,
  )) as readonly Job[];
  const { listings, running, ended } = sorted(jobs);
  for (const job of listings) await remove(kubectl, job);
  return { running, ended };
}

/** Told apart by what they do and whether they have ended. */
export function sorted(jobs: readonly Job[]): Leftovers & { readonly listings: readonly Job[] } {
  const restores = jobs.filter(({ metadata }) => metadata.labels?.[taskLabel] === "restore");
  return {
    listings: jobs.filter((job) => !restores.includes(job)),
    running: restores.filter((job) => endOf(job) === undefined),
    ended: restores.filter((job) => endOf(job) !== undefined),
  };
}

/** Refuses to begin while another restore is at work: two would write into one store. */
export function requireNoneRunning({ running }: Leftovers): void {
  const [job] = running;
  if (job === undefined) return;
  const { name, namespace, labels } = job.metadata;
  throw new UserError(
    `Job ${namespace}/${name} restores ${labels?.[restoreLabel] ?? "a store"}, for somebody else or for ` +
      "a run that was cut short.",
    "--resume-writers waits for its end and starts the writers. To end it first: " +
      `kubectl delete job ${name} --namespace ${namespace}`,
  );
}
