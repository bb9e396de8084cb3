import { type HelmRelease, releaseKey } from "../../helm";
import { isStore } from "../image-family";
import type { Inventory } from "../inventory";
import { helm, mend, type Mend, npmRun } from "../model";
import { ownerOf } from "../owner";

/** `thunderline/thunderline` and what it was made of. */
export function lineOf(release: HelmRelease): string {
  const { chart, chartVersion, revision, status, deployedAt } = release;
  const at = deployedAt === undefined ? "" : `, ${dayOf(deployedAt)}`;
  return `release ${releaseKey(release)}: ${chart}-${chartVersion}, revision ${String(revision)}, ${status}${at}`;
}

/** Releases of applications: those of what the cluster itself needs are left to its keepers. */
export function applicationReleases({ releases }: Inventory): readonly HelmRelease[] {
  return releases.filter(({ namespace, chart }) => ownerOf({ namespace }, [chart]) !== "cluster");
}

/** Whether the first one is older: by the version of the same chart, else by when it was applied last. */
export function isOlder(a: HelmRelease, b: HelmRelease): boolean {
  if (a.chart === b.chart) {
    const order = compareVersions(a.chartVersion, b.chartVersion);
    if (order !== 0) return order < 0;
  }
  const [left, right] = [timeOf(a), timeOf(b)];
  return left === right ? releaseKey(a) < releaseKey(b) : left < right;
}

/** The programs that a release runs, its stores left out. */
export function programsOf(inventory: Inventory, release: HelmRelease): readonly string[] {
  const key = releaseKey(release);
  const own = inventory.workloads.filter((it) => it.release === key);
  return [...new Set(own.flatMap(({ families }) => families))].filter((it) => !isStore(it)).sort();
}

/** What becomes of the claims of a release when Helm uninstalls it: a line each. */
export function fateOfClaims(inventory: Inventory, release: HelmRelease): readonly string[] {
  const { namespace, objects } = release;
  const here = inventory.claims.filter(({ metadata }) => metadata.namespace === namespace);
  const going = objects
    .filter(({ kind, metadata }) => {
      const isKept = metadata.annotations?.["helm.sh/resource-policy"] === "keep";
      return kind === "PersistentVolumeClaim" && !isKept;
    })
    .map(({ metadata }) => metadata.name)
    .filter((name) => here.some(({ metadata }) => metadata.name === name));
  const templates = objects
    .filter(({ kind }) => kind === "StatefulSet")
    .flatMap((object) => {
      const { spec } = object as { spec?: { volumeClaimTemplates?: readonly Template[] } };
      return (spec?.volumeClaimTemplates ?? []).map(
        ({ metadata }) => `${metadata.name}-${object.metadata.name}-`,
      );
    });
  const staying = here
    .map(({ metadata }) => metadata.name)
    .filter((name) => templates.some((start) => name.startsWith(start)));
  return [
    ...(going.length === 0 ? [] : [`uninstalling deletes claim ${going.sort().join(", ")}`]),
    ...(staying.length === 0 ? [] : [`uninstalling leaves claim ${staying.sort().join(", ")}`]),
  ];
}

interface Template {
  readonly metadata: { readonly name: string };
}

/** What is to be done with a release that ought to go. */
export function uninstall(
  { name, namespace }: HelmRelease,
  text: string,
  hasClaims: boolean,
): Mend {
  const remove = helm("uninstall", name, "-n", namespace);
  if (!hasClaims) return mend(text, remove);
  return mend(
    `${text} Save its data first: what Helm deletes with it is gone.`,
    npmRun("backup", "--namespace", namespace, "--release", name, "--apply"),
    remove,
  );
}

/** `2025-10-04` of Helm's own time. */
function dayOf(time: string): string {
  return time.slice(0, 10);
}

function timeOf({ deployedAt = "" }: HelmRelease): number {
  const time = Date.parse(deployedAt);
  return Number.isNaN(time) ? 0 : time;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) =>
    text.replace(/^v/, "").split(/[-+]/)[0]?.split(".").map(Number),
  );
  for (const at of [0, 1, 2]) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}
