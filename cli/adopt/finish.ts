import { UserError } from "../errors";
import { planUpdate } from "../plan";
import { during } from "../progress";
import type { Progress } from "../toolchain/progress";
import type { Adoption } from "./adoption";
import { type AdoptTarget, mountedByOurs, refusedExit } from "./apply";
import { addressOf, current, patch, type Site } from "./cluster";
import { helmMarks, isOfRelease, type KubernetesObject, nameOf } from "./objects";
import { running } from "./stop";

export interface Finished {
  readonly deleted: readonly string[];
  /** What stays, without Helm's marks. */
  readonly kept: readonly string[];
  /** The Secrets by which Helm knew the release. */
  readonly records: readonly string[];
}

/** Kinds that hold no data: everything else of a release stays. */
const stateless: ReadonlySet<string> = new Set([
  ...["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"],
  ...["Service", "Ingress", "NetworkPolicy", "ConfigMap"],
  ...["ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
  ...["HorizontalPodAutoscaler", "PodDisruptionBudget"],
  ...["ServiceMonitor", "PodMonitor", "PrometheusRule"],
]);

/**
 * Ends an adoption: deletes what of the release holds no data and stands still, takes Helm's marks off
 * what stays, and removes the record last, so that a run which was killed can be repeated.
 */
export async function finishAdoption(
  target: AdoptTarget,
  adoption: Adoption,
  progress: Progress,
): Promise<Finished> {
  const { release, live, judged } = adoption;
  const site: Site = { kubectl: target.kubectl, namespace: release.namespace, progress };
  await requireApplied(target, site, adoption);
  const there = (await current(site, release.objects)).filter((it) => isOfRelease(it, release));
  const gone = there.filter(({ kind }) => stateless.has(kind));
  await during(progress, "Removing what of the release holds no data", async () => {
    for (const object of gone) await remove(site, object);
  });
  const claims = live.claims.filter(({ metadata }) =>
    judged.some(({ holding }) => holding.claim === metadata.name),
  );
  const rest = there.filter((object) => !gone.includes(object));
  const secrets = await current(site, referredSecrets(adoption));
  const kept = unique([...rest, ...claims, ...secrets]);
  await during(progress, "Taking Helm's marks off what stays", async () => {
    for (const object of kept) await patch(site, object, withoutMarks(object));
  });
  const { kubectl, namespace } = site;
  // The newest last: it is what a repeated run goes by.
  for (const record of release.records) {
    await kubectl(["delete", "secret", record, "--namespace", namespace, "--ignore-not-found"]);
  }
  return { deleted: gone.map(nameOf), kept: kept.map(nameOf), records: release.records };
}

async function requireApplied(target: AdoptTarget, site: Site, adoption: Adoption): Promise<void> {
  const { release, live } = adoption;
  const still = running(release, live);
  if (still.length > 0) {
    throw new UserError(
      `Of the release there still runs: ${still.join(", ")}.`,
      "Take over first: --apply.",
      refusedExit,
    );
  }
  await mountedByOurs(site, adoption);
  const { resources, errors } = await during(
    site.progress,
    "Looking whether ours is all there",
    () => planUpdate(target, { args: ["--refresh"] }),
  );
  const open = resources.filter(
    ({ operation }) => !["same", "read", "refresh"].includes(operation),
  );
  if (open.length + errors.length > 0) {
    throw new UserError(
      `Ours is not as the settings say: ${String(open.length)} changes are open${errors.length === 0 ? "" : `, and ${errors.join("; ")}`}.`,
      "Bring it up to the end first: --apply, or an update.",
      refusedExit,
    );
  }
}

async function remove({ kubectl, namespace }: Site, object: KubernetesObject): Promise<void> {
  await kubectl([
    ...["delete", addressOf(object), "--namespace", namespace],
    ...["--ignore-not-found", "--wait=true", "--timeout=120s"],
  ]);
}

function referredSecrets({ proposed, release }: Adoption): readonly KubernetesObject[] {
  const names = proposed.flatMap(({ value }) =>
    typeof value === "object" && value.secretName !== undefined ? [value.secretName] : [],
  );
  const { namespace } = release;
  return [...new Set(names)].map((name) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
  }));
}

function unique(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return [...new Map(objects.map((object) => [nameOf(object), object])).values()];
}

/** Takes off what Helm wrote, and the label that charts write for it. */
function withoutMarks({ metadata }: KubernetesObject): unknown {
  const isHelms = metadata.labels?.[helmMarks.label] === "Helm";
  return {
    metadata: {
      ...(isHelms ? { labels: { [helmMarks.label]: null } } : {}),
      annotations: {
        [helmMarks.name]: null,
        [helmMarks.namespace]: null,
        [helmMarks.policy]: null,
      },
    },
  };
}
