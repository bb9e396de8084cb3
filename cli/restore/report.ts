import { storeOf } from "./backups";
import { usualReplicas } from "./marks";
import { type CronJob, type LiveObject, nameOf, type Workload } from "./objects";
import type { Backup } from "./output";
import type { Result } from "./restore";
import type { Writers } from "./writers";

/** The stores of a system that are backed up, in a table. */
export function storesTable(system: string, backups: readonly CronJob[]): string {
  if (backups.length === 0) return `No store of ${system} is backed up.`;
  const rows = backups.map((backup) => {
    const { metadata, spec, status } = backup;
    const paused = spec.suspend === true ? " (suspended)" : "";
    return [
      storeOf(backup) ?? "",
      metadata.namespace,
      `${spec.schedule} ${spec.timeZone ?? "UTC"}${paused}`,
      status?.lastSuccessfulTime ?? "never",
    ];
  });
  return table([["store", "namespace", "schedule", "last success"], ...rows]);
}

/** The backups of a store, in a table, oldest first. */
export function backupsTable(store: string, backups: readonly Backup[]): string {
  if (backups.length === 0) return `There is no complete backup of ${store}.`;
  const rows = backups.map(({ at, bytes, rows: count }) => [at, size(bytes), String(count)]);
  return table([["backup", "size", "rows"], ...rows]);
}

export interface Plan {
  readonly stack: string;
  readonly context: string;
  readonly backup: CronJob;
  readonly backups: readonly Backup[];
  readonly chosen: Backup;
  readonly overwrite: boolean;
  /** Whether the store has data; undefined where that is not known. */
  readonly hasData: boolean | undefined;
  readonly writers: Pick<Writers, "stopped" | "strangers">;
}

/** What a restore is about to do, for people to agree to. */
export function planText(plan: Plan): string {
  const { stack, context, backup, backups, chosen, overwrite, hasData, writers } = plan;
  const store = storeOf(backup) ?? "";
  const place = `${backup.metadata.namespace}/${store} of stack ${stack} (context ${context})`;
  const which = chosen === backups.at(-1) ? "the newest" : "not the newest";
  const strangers = [...new Set(writers.strangers)].join(", ");
  return [
    backupsTable(store, backups),
    "",
    `Restores ${place}`,
    `from ${chosen.at}, ${which} of ${backups.length}: ${size(chosen.bytes)}, ${chosen.rows} rows.`,
    overwrite
      ? "All that is in the store now is replaced by it: what was written since is lost."
      : "The store has to be empty" + (hasData === undefined ? unknownData : "."),
    "Stopped meanwhile:",
    ...writers.stopped.map((object) => `  ${stopping(object)}`),
    ...(strangers === "" ? [] : [`Not stopped, though they may reach the store: ${strangers}.`]),
  ].join("\n");
}

const unknownData =
  "; whether it is, is not known yet. If it has data, the restore refuses and changes nothing.";

/** What earlier runs have left stopped; empty where that is nothing. */
export function leftText(stopped: readonly LiveObject[]): string {
  return stopped.length === 0
    ? ""
    : ["Stopped by a restore that was cut short, or is at work:", ...stopped.map(indented)].join(
        "\n",
      );
}

function indented(object: LiveObject): string {
  return `  ${nameOf(object)}`;
}

function stopping(object: Workload | CronJob): string {
  const { kind, metadata } = object;
  const name = `${kind} ${metadata.namespace}/${metadata.name}`;
  if (object.kind === "CronJob") {
    return object.spec.suspend === true ? `${name}, which is suspended already` : name;
  }
  const replicas = usualReplicas(object);
  return `${name}, ${replicas} ${replicas === 1 ? "replica" : "replicas"}`;
}

/** What a restore has done. */
export function resultText({ restored, rows, seconds, stoppedSeconds }: Result): string {
  const counts = rows.map(({ name, expected, found }) => [name, String(expected), String(found)]);
  return [
    ...(rows.length === 0 ? [] : [table([["rows of", "backup", "store"], ...counts]), ""]),
    `${restored.store} is restored from ${restored.at}: ${restored.rows} rows, in ${tenth(seconds)} s. ` +
      `Its writers stood still for ${tenth(stoppedSeconds)} s.`,
  ].join("\n");
}

function tenth(seconds: number): string {
  return seconds.toFixed(1);
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

/** Bytes in the largest unit that leaves a whole number before the point. */
export function size(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power] ?? ""}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
