import type { Action } from "../journal";
import { type Api, type Job, kinds, type Secret } from "../kubernetes";
import { planData } from "./data";
import { find } from "./find";
import { jobName, type Working } from "./job";
import { ours } from "./marks";
import type { BackupRequest, DataPlan, Found } from "./model";
import { planSnapshots, type SnapshotPlan } from "./snapshots";

/** What a backup would save, and what it would do for that on the cluster. */
export interface BackupPlan {
  readonly context: string;
  readonly request: BackupRequest;
  readonly found: Found;
  /** None where the data are not asked for. */
  readonly data: readonly DataPlan[];
  readonly snapshots: readonly SnapshotPlan[];
  /** Of an earlier run, which was cut off, or of one that is at work. */
  readonly leftovers: readonly (Job | Secret)[];
}

/**
 * Looks at what is there and decides how it is saved. Changes nothing.
 *
 * @throws UserError where there is no such namespace or release
 */
export async function planBackup(api: Api, request: BackupRequest): Promise<BackupPlan> {
  const found = await find(api, request);
  const withData = request.data !== false;
  return {
    context: api.context,
    request,
    found,
    data: withData ? planData(found, request) : [],
    snapshots: withData ? await planSnapshots(api, found.claims) : [],
    leftovers: await leftoversIn(api, found, request.namespace),
  };
}

async function leftoversIn(
  api: Api,
  { claims }: Found,
  namespace: string,
): Promise<readonly (Job | Secret)[]> {
  const names = new Set(claims.map(({ claim }) => jobName(claim.metadata.name)));
  const where = { namespace, selector: ours };
  const all = [...(await api.list(kinds.jobs, where)), ...(await api.list(kinds.secrets, where))];
  return all.filter(({ metadata }) => names.has(metadata.name));
}

export function isWorking(plan: DataPlan): plan is Working {
  return plan.method !== "none";
}

/** How an action on the cluster is called, in the plan and in the record. */
export const words = {
  remove: ({ kind, metadata }: Job | Secret) => ({
    what: `remove ${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
    why: "an earlier backup was cut off and has left it, or another one is at work now",
  }),
  snapshot: ({ claim, namespace, className }: SnapshotPlan) => ({
    what: `make a VolumeSnapshot of claim ${namespace}/${claim}`,
    why: `VolumeSnapshotClass ${className} is of its volume's driver; it stays on the cluster`,
  }),
  job: (plan: Working) => ({
    what:
      plan.method === "postgres"
        ? `dump the databases of ${plan.server.host}, on claim ${plan.namespace}/${plan.claim}, by Job ${jobName(plan.claim)}`
        : `copy the files of claim ${plan.namespace}/${plan.claim} by Job ${jobName(plan.claim)} (${plan.image}, ${whoReads(plan)})`,
    why: plan.why,
  }),
} as const;

function whoReads({ user }: Extract<Working, { readonly method: "copy" }>): string {
  return user === undefined
    ? "as root, since no pod says who owns the files; reads them and nothing else"
    : `as user ${String(user)}`;
}

/** What would be done on the cluster, in its order. */
export function actionsOf(plan: BackupPlan): readonly Action[] {
  const run = (): Promise<void> => Promise.reject(new Error("only shown"));
  return [
    ...plan.leftovers.map(words.remove),
    ...plan.snapshots.map(words.snapshot),
    ...plan.data.filter(isWorking).map(words.job),
  ].map((one) => ({ ...one, run }));
}
