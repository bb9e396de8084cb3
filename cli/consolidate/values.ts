import { isDeepStrictEqual } from "node:util";

import { merge } from "../../config/merge";
import { isRecord, own } from "../../config/shape";
import { type HelmRelease, releaseKey } from "../helm";

/** The values that were set on a release, by the release's key, `thunderline/thunderline`. */
export interface ReleaseValues {
  readonly release: string;
  readonly values: unknown;
}

/** A value that the releases set differently, and what is decided. */
export interface Conflict {
  /** `web.replicas`. */
  readonly path: string;
  /** What each release says, those that say nothing left out. */
  readonly said: readonly { readonly release: string; readonly value: unknown }[];
  /** The release whose value is taken. */
  readonly chosen: string;
  readonly why: string;
}

/** The values of several releases as one. */
export interface MergedValues {
  readonly values: Readonly<Record<string, unknown>>;
  readonly conflicts: readonly Conflict[];
  /** Where each value that only a retired release sets comes from, by its path. */
  readonly added: Readonly<Record<string, string>>;
}

/** The values of some releases, those of the first one leading. */
export function valuesOf(releases: readonly HelmRelease[]): readonly ReleaseValues[] {
  return releases.map((release) => ({ release: releaseKey(release), values: release.values }));
}

/**
 * Merges the values of releases. What one of them alone says is taken. Where they differ, the order is:
 * what was decided by hand, the newer of two image tags (document 000, phase 3: "Update image tags to
 * latest working versions"), the first release (document 000, Execution Commands: the release of that
 * namespace is the base, because its configuration is more complete).
 *
 * @param decisions the release whose value is taken, by the value's path
 */
export function mergeValues(
  [first, ...others]: readonly ReleaseValues[],
  decisions: Readonly<Record<string, string>> = {},
): MergedValues {
  if (first === undefined) return { values: {}, conflicts: [], added: {} };
  const all = [first, ...others].map(({ release, values }) => ({
    release,
    leaves: new Map(leavesOf(values).map((leaf) => [keyOf(leaf.path), leaf])),
  }));
  const base = [...(all[0]?.leaves.values() ?? [])];
  const keys = [...new Set(all.flatMap(({ leaves }) => [...leaves.keys()]))].sort();
  const conflicts: Conflict[] = [];
  const added: Record<string, string> = {};
  const merged: Leaf[] = [];
  for (const key of keys) {
    const leaves = all.flatMap(({ release, leaves: of }) => {
      const leaf = of.get(key);
      return leaf === undefined ? [] : [{ release, ...leaf }];
    });
    const [lead] = leaves;
    if (lead === undefined) continue;
    const path = lead.path.join(".");
    const said = leaves.map(({ release, value }) => ({ release, value }));
    if (base.some((leaf) => isAnotherForm(leaf.path, lead.path))) {
      const why = "the release that is kept has a value of another form there";
      conflicts.push({ path, said, chosen: first.release, why });
    } else if (said.every(({ value }) => isDeepStrictEqual(value, lead.value))) {
      merged.push(lead);
      if (lead.release !== first.release) added[path] = lead.release;
    } else {
      const { chosen, why } = decide(path, said, decisions);
      conflicts.push({ path, said, chosen, why });
      merged.push(leaves.find(({ release }) => release === chosen) ?? lead);
    }
  }
  return { values: treeOf(merged), conflicts, added };
}

function decide(
  path: string,
  said: Conflict["said"],
  decisions: Readonly<Record<string, string>>,
): Pick<Conflict, "chosen" | "why"> {
  const decided = own(decisions, path);
  if (typeof decided === "string" && said.some(({ release }) => release === decided)) {
    return { chosen: decided, why: "decided by --decide" };
  }
  const newest = isImage(path) ? newestOf(said) : undefined;
  if (newest !== undefined) return { chosen: newest, why: "the newer version of the same image" };
  return { chosen: said[0]?.release ?? "", why: "the release that is kept is the base" };
}

function isImage(path: string): boolean {
  return /(^|\.)(image|tag)$/i.test(path);
}

/** The release with the newest version; undefined where versions cannot be compared. */
function newestOf(said: Conflict["said"]): string | undefined {
  const parsed = said.map(({ release, value }) => ({ release, ...versionIn(String(value)) }));
  const [first] = parsed;
  if (first === undefined) return undefined;
  if (parsed.some(({ name, version }) => name !== first.name || version === undefined)) {
    return undefined;
  }
  return parsed.reduce((best, other) =>
    compare(other.version ?? [], best.version ?? []) > 0 ? other : best,
  ).release;
}

/** `docker.io/acme/app` and 2, 1, 0 of `docker.io/acme/app:2.1.0`; a tag alone has no name. */
function versionIn(text: string): {
  readonly name: string;
  readonly version: readonly number[] | undefined;
} {
  const colon = text.lastIndexOf(":");
  const isReference = colon > text.lastIndexOf("/");
  const tag = isReference ? text.slice(colon + 1) : text;
  const found = /^v?(\d+(?:\.\d+){0,3})$/.exec(tag)?.[1];
  return {
    name: isReference ? text.slice(0, colon) : "",
    version: found?.split(".").map(Number),
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A value that is set; a list is one, as Helm takes it. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

function leavesOf(value: unknown, path: readonly string[] = []): readonly Leaf[] {
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([key, below]) => leavesOf(below, [...path, key]));
  }
  return path.length === 0 ? [] : [{ path, value }];
}

/** A key of values may have dots in it. */
function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

/** Whether one is a map where the other is a value. */
function isAnotherForm(a: readonly string[], b: readonly string[]): boolean {
  return a.length !== b.length && a.slice(0, b.length).every((step, i) => step === (b[i] ?? step));
}

function treeOf(leaves: readonly Leaf[]): Readonly<Record<string, unknown>> {
  const trees = leaves.map(({ path, value }) =>
    path.reduceRight<unknown>((below, step) => Object.fromEntries([[step, below]]), value),
  );
  return trees.reduce<Record<string, unknown>>(
    (all, tree) => merge(undefined, all, tree) as Record<string, unknown>,
    {},
  );
}
