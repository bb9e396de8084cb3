/** Proves which VolumeSnapshotClasses are looked for: those of which the rendered jobs make snapshots. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ClusterClient } from "../../../cli/preflight/cluster";
import type { PreflightContext } from "../../../cli/preflight/model";
import { readObjects, type StackObject } from "../../../cli/preflight/objects";
import { operators } from "../../../cli/preflight/operators";

const golden = join("test", "golden", "prod", "timescaledb", "cronjob.timescaledb-snapshot.yaml");

/** The job of stack prod, with another class than it has. */
function job(className: string): StackObject {
  const [object] = readObjects([{ path: golden, text: readFileSync(golden, "utf8") }]);
  const text = JSON.stringify(object);
  const named = JSON.stringify({ name: "SNAPSHOT_CLASS", value: className });
  expect(text).toContain('{"name":"SNAPSHOT_CLASS"');
  return JSON.parse(text.replace(/\{"name":"SNAPSHOT_CLASS"[^}]*\}/, named)) as StackObject;
}

async function findings(
  objects: readonly StackObject[],
  classes: Readonly<Record<string, boolean>> = {},
): Promise<string[]> {
  const items = Object.entries(classes).map(([name, isDefault]) => ({
    driver: "csi.example.com",
    metadata: {
      name,
      annotations: { "snapshot.storage.kubernetes.io/is-default-class": String(isDefault) },
    },
  }));
  const client = new ClusterClient(() =>
    Promise.resolve({ status: 200, headers: {}, text: JSON.stringify({ items }) }),
  );
  const settings = { cluster: { namespaces: { dns: "kube-system" }, capabilities: {} } };
  const context = { objects, settings, cluster: () => client } as unknown as PreflightContext;
  return (await operators(context))
    .filter(({ subject }) => subject.includes("VolumeSnapshotClass"))
    .map(({ status, subject, evidence }) => `${status} ${subject}: ${evidence}`);
}

it("a class that a backup names has failed where it is not there", async () => {
  expect(await findings([job("fast")], { slow: true })).toEqual([
    "failed VolumeSnapshotClass fast: not on the cluster",
  ]);
  expect(await findings([job("fast")], { fast: false })).toEqual([
    "passed VolumeSnapshotClass fast: there, for csi.example.com",
  ]);
});

it("the default class is looked for where a backup names none", async () => {
  expect(await findings([job("")], { slow: true })).toEqual([
    "passed Default VolumeSnapshotClass: there, for csi.example.com",
  ]);
  expect(await findings([job(""), job("slow")], { slow: false })).toEqual([
    "passed VolumeSnapshotClass slow: there, for csi.example.com",
    expect.stringMatching(/^warning Default VolumeSnapshotClass/),
  ]);
});

it("none is looked for where no snapshots are made", async () => {
  expect(await findings([])).toEqual(["passed VolumeSnapshotClasses: no snapshots are made"]);
});
