import { UserError } from "../errors";
import { during } from "../progress";
import type { Adopting } from "./adoption";
import { refusedExit } from "./apply";
import { current, type Site, until } from "./cluster";
import { type Live, readLive } from "./live";
import { helmMarks, isOurs, type KubernetesObject, nameOf } from "./objects";
import { isActive } from "./pods";
import type { Release } from "./release";
import { startOld } from "./stop";
import { noteTaken } from "./taken";

export interface WentBack {
  /** Objects of ours that were in the way; the next update makes them again. */
  readonly removed: readonly string[];
  readonly started: readonly string[];
}

/** What of ours runs, and what would keep the old pods from running. None of it holds data. */
const inTheWay = [
  ...["deployments.apps", "statefulsets.apps", "cronjobs.batch", "jobs.batch"],
  ...["networkpolicies.networking.k8s.io", "ingresses.networking.k8s.io"],
  ...["resourcequotas", "limitranges"],
];

/** Pod Security labels, under which the old pods may not be made. */
const securityLabels = ["enforce", "audit", "warn"].map(
  (mode) => `pod-security.kubernetes.io/${mode}`,
);

const goneSeconds = 300;

/** Starts the release again as it was, instead of ours. Claims, volumes and Secrets are not touched. */
export async function goBack(site: Site, release: Release, system: Adopting): Promise<WentBack> {
  const { kubectl, namespace, progress } = site;
  requireStopped(release, await readLive(kubectl, namespace));
  const selector = `${helmMarks.label}=pulumi,app.kubernetes.io/part-of=${system}`;
  const removed = await during(progress, "Removing what of ours runs", async () => {
    const chosen = ["--namespace", namespace, "--selector", selector];
    const answer = await kubectl(["get", inTheWay.join(), ...chosen, "--output", "json"]);
    const { items } = JSON.parse(answer) as { items: readonly KubernetesObject[] };
    await kubectl(["delete", inTheWay.join(), ...chosen, "--ignore-not-found", "--wait=true"]);
    await kubectl(["label", "namespace", namespace, ...securityLabels.map((label) => `${label}-`)]);
    await until("Our pods do not go away", goneSeconds, async () =>
      (await readLive(kubectl, namespace)).pods
        .filter((pod) => isOurs(pod) && isActive(pod))
        .map(nameOf),
    );
    return items.map(nameOf);
  });
  await bringBackIngresses(site, release);
  const live = await readLive(kubectl, namespace);
  const started = await startOld(site, release, live);
  await noteTaken(kubectl, release, undefined);
  return { removed, started };
}

/** Ours goes only for something that can be started again. */
export function requireStopped({ name, taken }: Release, live: Live): void {
  if (taken === undefined) {
    throw new UserError(
      `Nothing of release ${name} was taken over: there is nothing to go back from.`,
      "What --apply stops it writes down on the release's record, and --back goes by that.",
      refusedExit,
    );
  }
  const there = [...live.workloads, ...live.cronJobs].map(nameOf);
  const gone = taken.workloads.filter((workload) => !there.includes(workload));
  if (gone.length > 0) {
    throw new UserError(
      `Release ${name} cannot be started again: ${gone.join(", ")} ${gone.length === 1 ? "is" : "are"} gone.`,
      "A --finish has begun: run it again. Nothing was changed.",
      refusedExit,
    );
  }
}

/** Those that ours had taken the hosts of, out of Helm's record. */
async function bringBackIngresses(site: Site, release: Release): Promise<void> {
  const wanted = release.objects.filter(({ kind }) => kind === "Ingress");
  const there = (await current(site, wanted)).map(nameOf);
  const { name, namespace } = release;
  for (const object of wanted.filter((it) => !there.includes(nameOf(it)))) {
    const { labels = {}, annotations = {} } = object.metadata;
    const metadata = {
      ...object.metadata,
      labels: { ...labels, [helmMarks.label]: "Helm" },
      annotations: {
        ...annotations,
        [helmMarks.name]: name,
        [helmMarks.namespace]: namespace,
      },
    };
    const text = JSON.stringify({ ...object, metadata });
    await site.kubectl(["create", "--namespace", namespace, "--filename", "-"], text);
  }
}
