/** How writers are stopped and started, as patches of plain objects; test/cluster/restore.test.ts has the API server's say. */
import {
  isMarked,
  releasePatch,
  startPatch,
  stopPatch,
  type Stoppable,
  usualReplicas,
} from "../../../cli/restore/marks";
import type { CronJob, ManagedFields, ScaledObject, Workload } from "../../../cli/restore/objects";

const place = { namespace: "acme", resourceVersion: "7" };
const template = { spec: { containers: [] } };
const pulumi = (fields: ManagedFields["fieldsV1"]): ManagedFields => ({
  manager: "pulumi-kubernetes-1",
  operation: "Apply",
  ...(fields === undefined ? {} : { fieldsV1: fields }),
});
const ours: ManagedFields = { manager: "platform-restore", operation: "Update", fieldsV1: {} };

const server = (
  replicas: number,
  annotations: Record<string, string> = {},
  managedFields: ManagedFields[] = [pulumi({ "f:spec": { "f:replicas": {} } })],
): Workload => ({
  kind: "Deployment",
  metadata: { ...place, name: "web", annotations, managedFields },
  spec: { replicas, template },
});
const cronJob = (suspend: boolean, annotations: Record<string, string> = {}): CronJob => ({
  kind: "CronJob",
  metadata: { ...place, name: "study", annotations },
  spec: { schedule: "0 2 * * *", suspend, jobTemplate: { spec: { template } } },
});
const scaled = (annotations: Record<string, string> = {}): ScaledObject => ({
  kind: "ScaledObject",
  metadata: { ...place, name: "web", annotations },
  spec: { scaleTargetRef: { name: "web" } },
});
const run = "this";
const paused = "autoscaling.keda.sh/paused-replicas";

describe("a writer that is stopped", () => {
  it("is a server with no replicas, which remembers in the same patch how many it had, who set them and who has stopped it", () => {
    expect(stopPatch(server(3), run)).toEqual({
      metadata: {
        resourceVersion: "7",
        annotations: {
          "restore.platform/replicas": "3",
          "restore.platform/owner": "pulumi-kubernetes-1",
          "restore.platform/run": "this",
        },
      },
      spec: { replicas: 0 },
    });
  });

  it("remembers no owner where an autoscaler sets the replicas", () => {
    const fields = [pulumi({ "f:spec": { "f:template": {} } })];
    expect(stopPatch(server(4, {}, fields), run)?.metadata.annotations).toEqual({
      "restore.platform/replicas": "4",
      "restore.platform/run": "this",
    });
  });

  it("is a suspended CronJob", () => {
    expect(stopPatch(cronJob(false), run)).toMatchObject({
      metadata: { annotations: { "restore.platform/suspend": "false" } },
      spec: { suspend: true },
    });
  });

  it.each([
    ["", {}],
    ["2", { [paused]: "2" }],
  ])("is a ScaledObject that is paused at none, and remembers %j", (before, annotations) => {
    expect(stopPatch(scaled(annotations), run)?.metadata.annotations).toEqual({
      "restore.platform/paused-replicas": before,
      "restore.platform/run": "this",
      [paused]: "0",
    });
  });

  it.each<[string, Stoppable]>([
    ["a server without replicas", server(0)],
    ["a suspended CronJob", cronJob(true)],
    ["a ScaledObject that is paused at none", scaled({ [paused]: "0" })],
    [
      "one that this run has stopped",
      server(0, { "restore.platform/replicas": "3", "restore.platform/run": run }),
    ],
  ])("stays as it is where it was stopped before: %s", (_, object) => {
    expect(stopPatch(object, run)).toBeUndefined();
  });

  it.each<[string, number, Record<string, string>]>([
    ["stopped", 0, { "restore.platform/run": "earlier" }],
    ["stopped, and not said who it is", 0, {}],
    ["begun to start again", 3, { "restore.platform/run": "earlier" }],
  ])("becomes this run's where an interrupted one has %s", (_, replicas, marks) => {
    const left = server(replicas, { "restore.platform/replicas": "3", ...marks });
    expect(stopPatch(left, run)).toEqual({
      metadata: { resourceVersion: "7", annotations: { "restore.platform/run": "this" } },
      spec: { replicas: 0 },
    });
  });
});

describe("a writer that is started again", () => {
  it.each<[string, Stoppable, object]>([
    ["its replicas", server(0, { "restore.platform/replicas": "3" }), { spec: { replicas: 3 } }],
    [
      "its schedule",
      cronJob(true, { "restore.platform/suspend": "false" }),
      { spec: { suspend: false } },
    ],
    [
      "its autoscaler",
      scaled({ [paused]: "0", "restore.platform/paused-replicas": "" }),
      { metadata: { annotations: { [paused]: null } } },
    ],
    [
      "the pause that somebody else had set",
      scaled({ [paused]: "0", "restore.platform/paused-replicas": "2" }),
      { metadata: { annotations: { [paused]: "2" } } },
    ],
  ])("has %s back, and still remembers it", (_, object, expected) => {
    expect(startPatch(object)).toMatchObject(expected);
    expect(JSON.stringify(startPatch(object))).not.toContain("restore.platform/");
    // Refused where another run has made it its own since it was read.
    expect(startPatch(object)?.metadata.resourceVersion).toBe("7");
  });

  it("is only one that a restore has stopped", () => {
    expect([startPatch(server(0)), isMarked(server(0))]).toEqual([undefined, false]);
  });

  it("gives the field back to whom it belonged, and forgets", () => {
    const marks = {
      "restore.platform/replicas": "3",
      "restore.platform/owner": "pulumi-kubernetes-1",
    };
    const status = { manager: "controller", operation: "Update", subresource: "status" };
    const fields = [pulumi({ "f:spec": { "f:template": {} } }), status, ours];
    expect(releasePatch(server(3, marks, fields))).toEqual({
      metadata: {
        resourceVersion: "7",
        annotations: {
          "restore.platform/replicas": null,
          "restore.platform/owner": null,
          "restore.platform/run": null,
        },
        managedFields: [pulumi({ "f:spec": { "f:template": {}, "f:replicas": {} } }), status],
      },
    });
  });

  it("leaves an autoscaler's field to nobody: the next one who writes it has it", () => {
    const fields = [pulumi({ "f:spec": { "f:template": {} } }), ours];
    const { metadata } = releasePatch(server(3, { "restore.platform/replicas": "3" }, fields));
    expect(metadata.managedFields).toEqual([fields[0]]);
  });
});

it("counts the replicas that a stopped server will have again", () => {
  expect([
    usualReplicas(server(2)),
    usualReplicas(server(0, { "restore.platform/replicas": "3" })),
  ]).toEqual([2, 3]);
});
