import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What of a CPU profile of V8 is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** Where time went, and how much. */
export interface Share {
  readonly where: string;
  readonly ms: number;
}

/** The time of each package and of each of our folders itself, without what it called; most first. */
export function sharesOf(profile: CpuProfile, root: string): readonly Share[] {
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame, root)]));
  const shares = new Map<string, number>();
  profile.samples.forEach((sample, i) => {
    const place = places.get(sample) ?? "";
    shares.set(place, (shares.get(place) ?? 0) + (profile.timeDeltas[i] ?? 0) / 1000);
  });
  return [...shares].map(([where, ms]) => ({ where, ms })).sort((a, b) => b.ms - a.ms);
}

/** The profile of the longest run among those that Node.js has written into a folder. */
export function readProfile(folder: string): CpuProfile {
  const profiles = readdirSync(folder)
    .filter((name) => name.endsWith(".cpuprofile"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as CpuProfile);
  const [longest] = profiles.sort((a, b) => b.samples.length - a.samples.length);
  if (longest === undefined) throw new Error("Node.js has written no profile.");
  return longest;
}

function placeOf({ functionName, url }: CpuProfile["nodes"][number]["callFrame"], root: string) {
  if (functionName === "(idle)") return "waiting for the engine";
  if (functionName === "(garbage collector)") return "garbage collection";
  const inPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  const path = url.replace(/^file:\/\//, "");
  if (path.startsWith(`${root}/`)) return path.slice(root.length + 1).split("/")[0] ?? "";
  if (url.startsWith("node:internal/modules")) return "loading of modules (Node.js)";
  return "Node.js";
}
