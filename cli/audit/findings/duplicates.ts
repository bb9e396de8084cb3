import { type HelmRelease, releaseKey } from "../../helm";
import { isGeneric } from "../image-family";
import { applications, forWorkloads, type Inventory } from "../inventory";
import { type Found, helm, kubectl, mend, type Rule } from "../model";
import { addressOf, isLasting, readyText, titleOf, type Workload } from "../workload";
import { applicationReleases, isOlder, lineOf } from "./release-order";
import { deletesClaims, losesByScaling } from "./retention";

/** Charts that are installed more than once. */
export const duplicateCharts: Rule = {
  name: "duplicate-chart",
  about: "charts that are installed more than once",
  needs: ["releases"],
  find: (inventory) =>
    [...grouped(applicationReleases(inventory), ({ chart }) => [chart])]
      .filter(([, releases]) => releases.length > 1)
      .map(([chart, releases]): Found => {
        const [newest, ...older] = newestFirst(releases) as [HelmRelease, ...HelmRelease[]];
        return {
          level: "warning",
          subject: `Chart ${chart}`,
          what: `is installed ${String(releases.length)} times, in ${listed(releases.map(({ namespace }) => namespace))}`,
          evidence: releases.map(lineOf),
          mend: mend(
            `Keep one: ${releaseKey(newest)} is the newest. Compare what is set on each before the others go.`,
            ...[newest, ...older].map(({ name, namespace }) =>
              helm("get", "values", name, "-n", namespace),
            ),
          ),
        };
      }),
};

/** Programs that run, or are configured, in more than one place. Each application has stores and web servers of its own. */
export const duplicatePrograms: Rule = {
  name: "duplicate-program",
  about: "the same program in several namespaces or releases",
  needs: ["releases", ...forWorkloads],
  find: (inventory) =>
    [...grouped(applications(inventory).filter(isLasting), ({ families }) => families)]
      .filter(([family, all]) => !isGeneric(family) && placesOf(all).length > 1)
      // Two systems of this program are two by intention.
      .filter(([, all]) => all.some(({ owner }) => owner !== "program"))
      .map(([family, all]) => duplicate(inventory, family, all)),
};

function duplicate(inventory: Inventory, family: string, all: readonly Workload[]): Found {
  const kept = keeperOf(inventory, all);
  const others = all.filter((it) => placeOf(it) !== placeOf(kept));
  const running = others.filter(({ desired, owner }) => desired !== 0 && owner !== "program");
  const losing = running.filter(({ object }) => deletesClaims(object, "whenScaled"));
  const places = placesOf(all);
  const own = all.filter(({ owner }) => owner === "program");
  const keep = `Keep ${own.length > 1 ? "this program's own" : titleOf(kept)}`;
  return {
    level: "warning",
    subject: `Program ${family}`,
    what: `is there ${String(places.length)} times, in ${listed(all.map(({ namespace }) => namespace))}`,
    evidence: all.map((it) => {
      const images = it.podSpec.containers.map(({ image = "" }) => image).join(", ");
      const whose = it.release === undefined ? "of no release" : `of release ${it.release}`;
      const pods = it.desired === undefined ? "" : `, ${readyText(it)}`;
      return `${titleOf(it)}: ${images}, ${whose}${pods}`;
    }),
    mend: mend(
      running.length === 0
        ? `${keep}; the others are at zero already, and may be removed with their releases.`
        : [
            `${keep}, and stop the others (which can be undone) before they are removed.`,
            ...losing.map((it) => `${titleOf(it)} ${losesByScaling}`),
          ].join(" "),
      ...running
        .filter((it) => it.kind !== "DaemonSet" && !losing.includes(it))
        .map((it) => kubectl("scale", addressOf(it), "-n", it.namespace, "--replicas=0")),
    ),
  };
}

/** This program's own, else that of the newest release, else the first. */
function keeperOf({ releases }: Inventory, all: readonly Workload[]): Workload {
  const own = all.find(({ owner }) => owner === "program");
  const [first] = all as readonly [Workload, ...Workload[]];
  const used = newestFirst(
    releases.filter((release) => all.some((it) => it.release === releaseKey(release))),
  );
  const newest = used[0] && releaseKey(used[0]);
  return own ?? all.find(({ release }) => release !== undefined && release === newest) ?? first;
}

function newestFirst(releases: readonly HelmRelease[]): readonly HelmRelease[] {
  return [...releases].sort((a, b) => (isOlder(a, b) ? 1 : -1));
}

function placeOf({ namespace, release = "" }: Workload): string {
  return `${namespace} ${release}`;
}

function placesOf(all: readonly Workload[]): readonly string[] {
  return [...new Set(all.map(placeOf))];
}

function grouped<T>(
  all: readonly T[],
  keysOf: (item: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of all) {
    for (const key of keysOf(item)) groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].sort().join(", ");
}
