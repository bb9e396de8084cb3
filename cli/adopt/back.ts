import { during } from "../progress";
import type { Adopting } from "./adoption";
import { current, type Site, until } from "./cluster";
import { readLive } from "./live";
import { helmMarks, isOurs, type KubernetesObject, nameOf } from "./objects";
import type { Release } from "./release";
import { startOld } from "./stop";

export interface WentBack {
  /** Objects of ours that were in the way; the next update makes them again. */
  readonly removed: readonly string[];
  readonly started: readonly string[];
}

/** What of ours runs, and what would keep the old pods from running. None of it holds data. */
const inTheWay = [
  ...["deployments.apps", "statefulsets.apps", "cronjobs.batch"],
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
  const selector = `${helmMarks.label}=pulumi,app.kubernetes.io/part-of=${system}`;
  const removed = await during(progress, "Removing what of ours runs", async () => {
    const chosen = ["--namespace", namespace, "--selector", selector];
    const answer = await kubectl(["get", inTheWay.join(), ...chosen, "--output", "json"]);
    const { items } = JSON.parse(answer) as { items: readonly KubernetesObject[] };
    await kubectl(["delete", inTheWay.join(), ...chosen, "--ignore-not-found", "--wait=true"]);
    await kubectl(["label", "namespace", namespace, ...securityLabels.map((label) => `${label}-`)]);
    await until("Our pods do not go away", goneSeconds, async () =>
      (await readLive(kubectl, namespace)).pods
        .filter((pod) => isOurs(pod) && !["Succeeded", "Failed"].includes(pod.status?.phase ?? ""))
        .map(nameOf),
    );
    return items.map(nameOf);
  });
  await bringBackIngresses(site, release);
  const live = await readLive(kubectl, namespace);
  return { removed, started: await startOld(site, release, live) };
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
