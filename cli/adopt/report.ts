import type { Adoption } from "./adoption";
import type { Applied } from "./apply";
import type { WentBack } from "./back";
import type { Finished } from "./finish";
import type { Judged } from "./judge";
import { nameOf } from "./objects";
import { yamlOf } from "./proposal";
import { stopOrder } from "./stop";

/** Which stack, and where it is. */
export interface Place {
  readonly stack: string;
  readonly context: string;
  readonly embedded: boolean;
}

/** The plan, for people. */
export function planText(adoption: Adoption, place: Place): string {
  const { release, system, missing, proposed, obstacles, notes } = adoption;
  const cluster = place.embedded ? "its embedded cluster" : `context ${place.context}`;
  return [
    `Release ${release.name} in namespace ${release.namespace}: ${release.chart}, revision ${String(release.revision)}, ${release.status}.`,
    `Taken over by ${system} of stack ${place.stack}, on ${cluster}. So far nothing is changed.`,
    section("What holds data", dataRows(adoption)),
    missing.length === 0
      ? `\nSettings: all ${String(proposed.length)} are there.`
      : section(`Settings to add to Pulumi.${place.stack}.yaml (--write adds them)`, [
          yamlOf(system, missing).trimEnd(),
        ]),
    section("Old beside new", sideBySide(adoption)),
    section("Order of the switch", order(adoption)),
    section("To know", bullets(notes)),
    section(
      "In the way",
      obstacles.flatMap(({ what, mend }) => [`- ${what}`, `  ${mend}`]),
    ),
    obstacles.length > 0
      ? "\nIt cannot be applied until that is out of the way."
      : missing.some(({ must }) => must)
        ? "\nNext: add the settings (--write), look at them, then --apply; commit them when that is done."
        : "\nNext: --apply.",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** The same for programs. No value of a Secret is in it. */
export function planData(adoption: Adoption, { stack, context, embedded }: Place): object {
  const { release, system, judged, proposed, missing, obstacles, notes } = adoption;
  const { objects, hooks, ...known } = release;
  return {
    ...{ stack, context, embedded, system },
    release: { ...known, objects: objects.map(nameOf), hooks: hooks.map(nameOf) },
    data: judged.map((it) => ({
      claim: it.holding.claim,
      uid: it.holding.uid,
      size: it.holding.size,
      volume: it.holding.volume,
      users: it.holding.users.map(({ workload, container, mountPath, subPath }) => ({
        ...{ workload: nameOf(workload), image: container.image, mountPath, subPath },
      })),
      becomes: becomes(it),
    })),
    settings: proposed.map(({ path, value, must }) => ({
      ...{ path: ["platform:" + system, ...path].join("."), value, must },
      missing: missing.some((one) => one.path.join() === path.join()),
    })),
    counterparts: adoption.counterparts,
    order: order(adoption),
    notes,
    obstacles,
  };
}

function dataRows({ judged }: Adoption): readonly string[] {
  if (judged.length === 0) return ["Nothing: no workload of the release mounts a claim."];
  const rows = judged.map((it) => {
    const { claim, size, volume, users } = it.holding;
    const by = users.map(
      ({ workload, mountPath, subPath }) =>
        `${nameOf(workload)} at ${mountPath}${subPath === "" ? "" : ` (${subPath})`}`,
    );
    return [claim, size, volume.policy, by.join(", ") || "nobody", becomes(it)];
  });
  return columns([["claim", "size", "reclaim", "mounted by", "becomes"], ...rows]);
}

function becomes({ part, verdict, left }: Judged): string {
  if (left) return "stays where it is (--leave)";
  if (part === undefined || verdict === undefined) {
    return "stays where it is: ours has no such data";
  }
  return verdict.adopt
    ? `the volume of ${part.setting.join(".")}`
    : "cannot be taken over: see below";
}

function sideBySide({ counterparts }: Adoption): readonly string[] {
  if (counterparts.every(({ ours }) => ours === undefined)) return [];
  const pair = (name: string | undefined, selector: string | undefined): string =>
    name === undefined ? "–" : selector === undefined ? name : `${name} (${selector})`;
  return columns([
    ["old", "new"],
    ...counterparts.map(({ old, oldSelector, ours, oursSelector }) => [
      pair(old, oldSelector),
      pair(ours, oursSelector),
    ]),
  ]);
}

function order({ release, live, judged, ours, rivals }: Adoption): readonly string[] {
  const [cronJobs = [], plain = [], holding = []] = stopOrder(release, live);
  const named = (objects: readonly Parameters<typeof nameOf>[0][]): string =>
    objects.map(nameOf).join(", ");
  const stores = ours.filter(({ kind }) => kind === "StatefulSet");
  const others = ours.filter(({ kind }) => kind === "Deployment");
  const steps = [
    "--apply: the update is looked at first, and refused if it would delete or replace anything",
    `${judged.map(({ holding: it }) => it.claim).join(", ") || "no claim"}: marked to be kept, their volumes get the reclaim policy Retain`,
    ...(cronJobs.length === 0 ? [] : [`suspended: ${named(cronJobs)}`]),
    ...(plain.length === 0
      ? []
      : [`down to no pods, so that from here on nobody is served: ${named(plain)}`]),
    ...(holding.length === 0 ? [] : [`then, when those have none: ${named(holding)}`]),
    ...(rivals.length === 0 ? [] : [`deleted, for the sake of their hosts: ${named(rivals)}`]),
    ...(ours.length === 0
      ? []
      : [
          `ours come up on the old volumes: ${named(stores)}; their set-up jobs; the migration; then ${named(others)}`,
        ]),
    "you see whether all is well; until now --back starts the old ones again, without what ours has written in another form (migrations)",
    `--finish: what of the release holds no data is deleted, Helm's marks go off the rest, and last its record (${release.records.join(", ")})`,
  ];
  return steps.map((step, index) => `${String(index + 1)}. ${step}`);
}

export function appliedText({ stopped, mounted }: Applied): string {
  return [
    ...(stopped.length === 0
      ? ["The old workloads stood still already."]
      : [`Stopped: ${stopped.join(", ")}.`]),
    "Ours mounts the old volumes:",
    ...columns(Object.entries(mounted).map(([claim, by]) => [`  ${claim}`, by])),
    "\nThe release is still there, without pods. When all is well: --finish. Otherwise: --back.",
  ].join("\n");
}

export function finishedText({ deleted, kept, records }: Finished): string {
  return [
    section("Deleted, as it holds no data", bullets(deleted)).trimStart(),
    section("Kept, without Helm's marks", bullets(kept)),
    section("Helm's record, removed", bullets(records)),
    "\nHelm no longer knows the release. Volumes keep the reclaim policy Retain.",
  ].join("\n");
}

export function wentBackText({ removed, started }: WentBack, { stack }: Place): string {
  return [
    section(
      "Removed, because it was in the way; the next update makes it again",
      bullets(removed),
    ).trimStart(),
    section("Started again", bullets(started)),
    `\nNow take existingClaim, ownClaim and dataFolder out of Pulumi.${stack}.yaml again, unless you go on with`,
    "--apply: as long as the old pods have the volumes, an update of the stack is refused. Claims stay marked",
    "to be kept, and volumes keep the policy Retain.",
  ].join("\n");
}

function bullets(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${line}`);
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const indented = lines.flatMap((line) => line.split("\n")).map((line) => `  ${line}`);
  return `\n${title}\n${indented.join("\n")}`;
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
