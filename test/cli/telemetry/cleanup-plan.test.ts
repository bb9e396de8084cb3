/** What a clean-up of the old stack deletes, keeps and refuses, on plain objects. Nothing is deleted here. */
import { nameOf, plan, type PlanInput } from "../../../cli/telemetry/cleanup/plan";
import type { LiveObject } from "../../../cli/telemetry/live";

const object = (
  kind: string,
  name: string,
  over: Partial<LiveObject["metadata"]> = {},
  spec: LiveObject["spec"] = {},
): LiveObject => ({
  kind,
  metadata: { name, namespace: "old", uid: `${kind}-${name}`, ...over },
  spec,
});
const ownedBy = (kind: string, name: string): Partial<LiveObject["metadata"]> => ({
  ownerReferences: [{ kind, name, uid: `${kind}-${name}` }],
});

const bridge = object("Deployment", "bridge", {}, { replicas: 0 });
const namespace: LiveObject = { kind: "Namespace", metadata: { name: "old", uid: "place" } };
const claim = object("PersistentVolumeClaim", "data-db-0");
const secret = object("Secret", "credentials");

const input: PlanInput = {
  namespace,
  workloads: [
    object("Service", "db"),
    object("StatefulSet", "db"),
    bridge,
    object("Job", "dump-1", ownedBy("CronJob", "dump")),
    object("Job", "once"),
    object("CronJob", "dump"),
  ],
  data: [claim, secret],
  stopped: ["bridge"],
  deletesData: false,
};

const names = (objects: readonly LiveObject[]): string[] => objects.map(nameOf);
const data = ["PersistentVolumeClaim old/data-db-0", "Secret old/credentials", "Namespace old"];
const workloads = [
  "CronJob old/dump",
  "Deployment old/bridge",
  "StatefulSet old/db",
  "Job old/once",
  "Service old/db",
];

it("deletes workloads, what makes others first, and keeps data and namespace", () => {
  const { deleted, kept, refusals } = plan(input);
  expect(names(deleted)).toEqual(workloads);
  expect(names(kept)).toEqual(data);
  expect(refusals).toEqual([]);
});

it("deletes data and, last of all, the namespace where that is wished", () => {
  const { deleted, kept } = plan({ ...input, deletesData: true });
  expect(names(deleted)).toEqual([...workloads, ...data]);
  expect(kept).toEqual([]);
});

it("has nothing to do where nothing is left", () => {
  const left = { ...input, namespace: undefined, workloads: [], data: [] };
  expect(plan(left)).toEqual({ deleted: [], kept: [], refusals: [] });
});

describe("refuses", () => {
  const refused = (over: Partial<PlanInput>): readonly string[] =>
    plan({ ...input, ...over }).refusals;
  const ours = { labels: { "app.kubernetes.io/managed-by": "pulumi" } };

  it("what carries our own label", () => {
    expect(refused({ workloads: [object("Service", "db", ours)] })).toEqual([
      expect.stringContaining("Service old/db is labelled as made by this program"),
    ]);
  });

  it("a namespace and data with our own label, where they are to go", () => {
    const mine = { namespace: { ...namespace, metadata: { ...namespace.metadata, ...ours } } };
    expect(refused({ ...mine, deletesData: true })).toHaveLength(1);
    expect(refused({ ...mine, deletesData: false })).toEqual([]);
    expect(refused({ data: [object("Secret", "s", ours)], deletesData: true })).toHaveLength(1);
  });

  it("what a GitOps controller would make again", () => {
    const labels = { "helm.toolkit.fluxcd.io/name": "telemetry" };
    expect(refused({ workloads: [object("StatefulSet", "db", { labels })] })).toEqual([
      expect.stringMatching(/StatefulSet old\/db belongs to the Flux helmrelease.*make it again/),
    ]);
  });

  it("a stopped Deployment that runs again", () => {
    const running = object("Deployment", "bridge", {}, { replicas: 2 });
    expect(refused({ workloads: [running] })).toEqual([expect.stringContaining("has 2 replicas")]);
  });

  it.each([
    ["a claim", object("PersistentVolumeClaim", "data-db-0", ownedBy("StatefulSet", "db"))],
    ["a Secret", object("Secret", "credentials", ownedBy("Deployment", "bridge"))],
  ])("%s that is to stay and would go with its owner", (_, owned) => {
    expect(refused({ data: [owned] })).toEqual([
      expect.stringContaining(`${nameOf(owned)} has a workload as its owner`),
    ]);
    expect(refused({ data: [owned], deletesData: true })).toEqual([]);
  });

  it("a StatefulSet that takes its claims along", () => {
    const policy = { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } };
    const set = object("StatefulSet", "db", {}, policy);
    expect(refused({ workloads: [set] })).toEqual([
      expect.stringContaining("StatefulSet old/db takes its claims along"),
    ]);
    expect(refused({ workloads: [set], deletesData: true })).toEqual([]);
  });
});
