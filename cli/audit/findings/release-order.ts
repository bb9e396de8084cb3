import { type HelmRelease, releaseKey } from "../../helm";
import { isStore } from "../image-family";
import type { Inventory } from "../inventory";
import { andThen, helm, mend, type Mend, npmRun } from "../model";
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

/** What is to be done with a release that ought to go. */
export function uninstall(
  { name, namespace }: HelmRelease,
  text: string,
  hasClaims: boolean,
): Mend {
  const look = helm("get", "values", name, "-n", namespace);
  const remove = helm("uninstall", name, "-n", namespace);
  if (!hasClaims) return mend(text, look, remove);
  const save = npmRun("backup", "--namespace", namespace, "--release", name, "--apply");
  return mend(
    `${text} Save its data first: what Helm deletes with it is gone.`,
    look,
    andThen(save, remove),
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
