import type { Kubectl } from "../cluster";
import type { Adoption } from "./adoption";
import { isOfRelease, nameOf, type Texts } from "./objects";
import type { Release } from "./release";

/**
 * What an adoption has taken over, as it is written down on the release's newest record: when the old
 * workloads are gone, nothing else tells which claims and Secrets they had.
 */
export interface Taken {
  /** The id of each claim, by its name. */
  readonly claims: Texts;
  /** Claims that stay where they are. */
  readonly left: readonly string[];
  /** The Secrets that our settings refer to. */
  readonly secrets: readonly string[];
  /** The release's workloads and CronJobs when the first of them was stopped. */
  readonly workloads: readonly string[];
}

const annotation = "adopt.platform/taken";

/** What is written on a record; undefined where nothing is. */
export function takenIn(annotations: Texts | undefined): Taken | undefined {
  const text = annotations?.[annotation];
  return text === undefined ? undefined : (JSON.parse(text) as Taken);
}

/** What is to be taken over, with what was before: a run that was killed has left less to be seen. */
export function takenOf({ release, live, judged, proposed }: Adoption): Taken {
  const before = release.taken;
  const said = judged.filter((it) => it.left).map(({ holding }) => holding.claim);
  const now = judged
    .filter((it) => it.verdict?.adopt === true && !it.left)
    .map(({ holding }) => [holding.claim, holding.uid] as const);
  const earlier = Object.entries(before?.claims ?? {}).filter(([claim]) => !said.includes(claim));
  // The earlier ids count: a claim that was made anew since then is another one.
  const claims = Object.fromEntries([...now, ...earlier]);
  const all = [...(before?.left ?? []), ...judged.map(({ holding }) => holding.claim)];
  const own = [...live.workloads, ...live.cronJobs].filter((it) => isOfRelease(it, release));
  return {
    claims,
    left: unique(all).filter((claim) => claims[claim] === undefined),
    secrets: unique([...(before?.secrets ?? []), ...secretsIn(proposed)]),
    workloads: unique([...(before?.workloads ?? []), ...own.map(nameOf)]),
  };
}

function secretsIn(proposed: Adoption["proposed"]): readonly string[] {
  return proposed.flatMap(({ value }) =>
    typeof value === "object" && typeof value.secretName === "string" ? [value.secretName] : [],
  );
}

/** Writes it down, or with undefined takes it away again. */
export async function noteTaken(
  kubectl: Kubectl,
  { records, namespace }: Release,
  taken: Taken | undefined,
): Promise<void> {
  const newest = records.at(-1);
  if (newest === undefined) return;
  const change = taken === undefined ? `${annotation}-` : `${annotation}=${JSON.stringify(taken)}`;
  await kubectl(["annotate", "secret", newest, "--namespace", namespace, "--overwrite", change]);
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
