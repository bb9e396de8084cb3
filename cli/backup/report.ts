import { actionsText } from "../journal";
import { nameOf } from "../kubernetes";
import type { BackupResult } from "./backup";
import type { ArchiveManifest, Missing } from "./model";
import { actionsOf, type BackupPlan, isWorking } from "./plan";
import { counted, type State, type Verified } from "./verify";

/** The exit codes of the command; of its other faults it is 1. */
export const exits: Readonly<Record<State, number>> = {
  whole: 0,
  incomplete: 2,
  damaged: 2,
  unchecked: 3,
};

/** What would be saved, and what would be done for it. */
export function planText(plan: BackupPlan): string {
  const { context, request, found, data } = plan;
  const { objects, secrets, releases, claims, leftOut, missing } = found;
  const actions = actionsOf(plan);
  const unsaved = [
    ...missing,
    ...data
      .filter((one) => !isWorking(one))
      .map(({ claim, why }) => ({ what: `claim ${claim}`, why })),
  ];
  return [
    `Backup of ${scopeOf(request)} of context ${context}:`,
    "",
    "Saved, encrypted with the passphrase:",
    `  ${counted(objects.length, "object")}: ${byKind(objects)}`,
    `  ${counted(secrets.length, "Secret")}`,
    ...releases.map(
      ({ name, chart, chartVersion, revision, status }) =>
        `  values and record of release ${name} (${chart}-${chartVersion}, revision ${String(revision)}, ${status})`,
    ),
    `Listed in the clear: the names of these, and ${counted(claims.length, "claim")} with their volumes`,
    ...(leftOut.length === 0
      ? []
      : [`Left out, since controllers make them again: ${counted(leftOut.length, "object")}`]),
    "",
    actions.length === 0
      ? "Nothing would be made on the cluster."
      : `On the cluster:\n${actionsText(actions)}`,
    ...(request.data === false ? ["", "What is on the volumes is not asked for (--no-data)."] : []),
    ...(unsaved.length === 0 ? [] : ["", "Not saved:", ...missingLines(unsaved)]),
  ].join("\n");
}

export function planJson(plan: BackupPlan): object {
  const { context, request, found, data, snapshots, leftovers } = plan;
  return {
    ...{ context, namespace: request.namespace, release: request.release ?? null },
    objects: found.objects.map(nameOf),
    secrets: found.secrets.map(nameOf),
    releases: found.releases.map(({ name, revision, status }) => ({ name, revision, status })),
    leftOut: found.leftOut,
    missing: found.missing,
    data: data.map(({ claim, method, why }) => ({ claim, method, why })),
    ...{ snapshots, leftovers: leftovers.map(nameOf) },
    actions: actionsOf(plan).map(({ what, why }) => ({ what, why })),
  };
}

/** What was made. */
export function madeText({ file, complete, missing, manifest, snapshots }: BackupResult): string {
  return [
    complete ? `The backup is complete: ${file}` : `The backup is INCOMPLETE: ${file}`,
    ...entryLines(manifest),
    ...snapshots.map(
      ({ claim, name }) => `  VolumeSnapshot ${name} of claim ${claim}, on the cluster`,
    ),
    ...(complete ? [] : ["It does not hold:", ...missingLines(missing)]),
    ...(manifest.data ? [] : ["What is on the volumes was not asked for (--no-data)."]),
    `Read it back: npm run backup -- --verify ${file}`,
  ].join("\n");
}

const verdicts: Readonly<Record<State, string>> = {
  whole: "WHOLE: all of it was read back, and is as it was written",
  incomplete: "INCOMPLETE: what it holds is as it was written, but it does not hold all",
  damaged: "DAMAGED",
  unchecked: "UNCHECKED: the checksums hold, and nobody has looked at what is encrypted",
};

/** What an archive is worth. */
export function verifiedText({
  file,
  state,
  manifest,
  faults,
  checked,
  unchecked,
}: Verified): string {
  const about =
    manifest === undefined
      ? []
      : [
          `Backup of ${scopeOf(manifest)} of context ${manifest.context}, made at ${manifest.createdAt}`,
          ...manifest.releases.map(
            ({ name, chart, revision, status }) =>
              `  release ${name}: ${chart}, revision ${String(revision)}, ${status}`,
          ),
        ];
  return [
    `${file}: ${verdicts[state]}`,
    ...about,
    ...section("Damaged:", faults),
    ...section("Read back:", checked),
    ...section("Not looked at, since there was no passphrase:", unchecked),
    ...section("Notes:", notesOf(manifest)),
    ...(manifest === undefined || manifest.missing.length === 0
      ? []
      : ["It does not hold:", ...missingLines(manifest.missing)]),
    ...(manifest?.data === false ? ["What is on the volumes was not asked for (--no-data)."] : []),
  ].join("\n");
}

function notesOf(manifest: ArchiveManifest | undefined): readonly string[] {
  return (manifest?.entries ?? []).flatMap(({ path, note }) =>
    note === undefined ? [] : [`${path}: ${note}`],
  );
}

function entryLines({ entries }: ArchiveManifest): readonly string[] {
  return entries.map(
    ({ path, bytes, note }) =>
      `  ${path} (${String(bytes)} bytes)${note === undefined ? "" : `: ${note}`}`,
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function missingLines(missing: readonly Missing[]): readonly string[] {
  return missing.map(({ what, why }) => `  ${what}: ${why}`);
}

function scopeOf({
  namespace,
  release,
}: {
  readonly namespace: string;
  readonly release?: string | null;
}): string {
  return release === undefined || release === null
    ? `namespace ${namespace}`
    : `release ${release} in namespace ${namespace}`;
}

function byKind(objects: readonly { readonly kind: string }[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, number]) => `${String(number)} ${kind}`).join(", ");
}
