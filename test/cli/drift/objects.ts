import { type Drift, driftOf } from "../../../cli/drift";
import type { DriftedField } from "../../../cli/drift/model";
import type { PlannedResource, ResourceState } from "../../../cli/plan";

type Fields = Record<string, unknown>;

/** Who owns which fields of an object, as the API server writes it down. */
export function manager(name: string, fieldsV1: Fields, more: Fields = {}): Fields {
  const time = "2026-11-21T22:13:01Z";
  return { manager: name, operation: "Update", time, fieldsV1, ...more };
}

const provider = "pulumi-kubernetes-1a2b";

/** The same of the provider. */
export function ours(fieldsV1: Fields): Fields {
  return manager(provider, fieldsV1, { operation: "Apply", time: "2026-11-20T08:00:00Z" });
}

/** An object, and whom its fields belong to. */
export interface Side {
  readonly object: Fields;
  readonly managers: readonly Fields[];
}

/** What a refresh tells of an object: how it was applied, and how it is. */
export function refreshed(
  kind: string,
  before: Side,
  after: Side | undefined,
  more: Partial<PlannedResource> = {},
): PlannedResource {
  const type = `kubernetes:${kind}`;
  const urn = `urn:pulumi:dev::platform::${type}::acme-web`;
  const state = ({ object, managers }: Side): ResourceState => ({
    urn,
    type,
    protect: false,
    retainOnDelete: false,
    inputs: { metadata: { name: "web", namespace: "acme" }, ...before.object },
    outputs: {
      ...object,
      __fieldManager: provider,
      metadata: {
        name: "web",
        namespace: "acme",
        ...(object.metadata as Fields | undefined),
        managedFields: managers,
      },
    },
  });
  return {
    urn,
    type,
    operation: after === undefined ? "delete" : "update",
    before: state(before),
    ...(after === undefined ? {} : { after: state(after) }),
    replacedFor: [],
    ...more,
  };
}

const where = { cluster: "real", context: "acme", withoutSecrets: false };

/** What is told of these. */
export function drift(...resources: PlannedResource[]): Drift {
  return driftOf({ stack: "dev", resources, violations: [], errors: [], warnings: [] }, where);
}

/** The fields that have drifted on one. */
export function fields(resource: PlannedResource): readonly DriftedField[] {
  return drift(resource).changed.flatMap((object) => object.fields);
}

/** A workload whose one container has this image. */
export const container = (image: string) => ({
  spec: { template: { spec: { containers: [{ name: "web", image }] } } },
});
/** That the container and its image are owned. */
export const imageOf = {
  "f:spec": {
    "f:template": {
      "f:spec": {
        "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:name": {}, "f:image": {} } },
      },
    },
  },
};
/** A workload as it was applied. */
export const applied: Side = { object: container("app:1"), managers: [ours(imageOf)] };

/** A port, as a list of them has it. */
export const port = (number: number) => ({ port: number, protocol: "TCP" });
