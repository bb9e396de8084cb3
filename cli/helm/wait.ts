import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../errors";
import {
  type Api,
  type Deployment,
  type KubernetesObject,
  kinds,
  nameOf,
  type Pod,
} from "../kubernetes";
import { isOf } from "./live";
import type { HelmRelease } from "./releases";

const usualSeconds = 300;
const pollMs = 500;

/**
 * Waits until something is no longer there.
 *
 * @throws UserError after five minutes, with what is still there
 */
export async function until(
  what: string,
  waiting: () => Promise<readonly string[]>,
): Promise<void> {
  for (const end = Date.now() + usualSeconds * 1000; ;) {
    const left = await waiting();
    if (left.length === 0) return;
    if (Date.now() > end) {
      throw new UserError(
        `After ${String(usualSeconds)} seconds there are still ${what}: ${left.join(", ")}.`,
        "Look at them (kubectl describe), then run the same command again: what is done is not done twice.",
      );
    }
    await sleep(pollMs);
  }
}

/** The pods that a release's workloads have made and nobody else keeps: those that bear its labels. */
export async function podsOf(api: Api, release: HelmRelease): Promise<readonly string[]> {
  const selectors = release.objects.flatMap((object) => {
    const { selector } = (object as Partial<Deployment>).spec ?? {};
    return selector?.matchLabels === undefined ? [] : [selector.matchLabels];
  });
  const { namespace } = release;
  const pods = (await api.list(kinds.pods, { namespace })).filter((pod) =>
    selectors.some((labels) => hasLabels(pod, labels)),
  );
  if (pods.length === 0) return [];
  const keepers = await keepersIn(api, namespace, release);
  return pods
    .filter(({ metadata }) => (metadata.ownerReferences ?? []).length > 0)
    .filter(({ metadata }) => !(metadata.ownerReferences ?? []).some(({ uid }) => keepers.has(uid)))
    .map(nameOf);
}

/** What of others makes pods here, by its id; also what Helm is to keep of this release. */
async function keepersIn(
  api: Api,
  namespace: string,
  release: HelmRelease,
): Promise<ReadonlySet<string | undefined>> {
  const where = { namespace };
  const makers: readonly KubernetesObject[] = [
    ...(await api.list(kinds.deployments, where)),
    ...(await api.list(kinds.statefulSets, where)),
    ...(await api.list(kinds.daemonSets, where)),
    ...(await api.list(kinds.jobs, where)),
  ];
  const staying = makers.filter(
    (maker) =>
      maker.metadata.deletionTimestamp === undefined &&
      (!isOf(maker, release) || maker.metadata.annotations?.["helm.sh/resource-policy"] === "keep"),
  );
  const uids = new Set(staying.map(({ metadata }) => metadata.uid));
  const between = (await api.list(kinds.replicaSets, where)).filter(({ metadata }) =>
    (metadata.ownerReferences ?? []).some(({ uid }) => uids.has(uid)),
  );
  return new Set([...uids, ...between.map(({ metadata }) => metadata.uid)]);
}

function hasLabels({ metadata }: Pod, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
}
