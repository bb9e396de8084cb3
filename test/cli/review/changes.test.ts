/**
 * What a reviewer is told of a plan. The recorded plan is the engine's own, of stack dev: a password
 * is rotated, Livebook is discarded, and MLflow's volume shrinks. The other ones are made here.
 */
import { join } from "node:path";

import { type Plan, type PlannedResource, readPlan, type ResourceState } from "../../../cli/plan";
import { changesOf } from "../../../cli/review/changes";
import type { Change } from "../../../cli/review/model";

describe("a recorded plan", () => {
  const changes = changesOf(readPlan("dev", join(__dirname, "recorded/changes.events")));
  const summary = changes.map(({ risk, operation, label }) => `${risk} ${operation} ${label}`);

  it("is told worst first, without the components that only group", () => {
    expect(summary).toEqual([
      "data delete PersistentVolumeClaim thunderline/livebook-data",
      "data update PersistentVolumeClaim thunderline/mlflow-data",
      "data delete RandomPassword thunderline-livebook-secrets-cookie",
      "data delete RandomPassword thunderline-livebook-secrets-password",
      "data delete RandomPassword thunderline-livebook-secrets-secret-key-base",
      "data delete Secret thunderline/livebook",
      "identity delete Deployment thunderline/livebook",
      "identity delete Service thunderline/livebook",
      "identity delete ServiceAccount thunderline/livebook",
      "exposure delete NetworkPolicy thunderline/livebook-to-mlflow",
      "exposure delete NetworkPolicy thunderline/mlflow-from-livebook",
      "restart update Deployment thunderline/web",
      "restart update Deployment thunderline/worker",
      expect.stringMatching(/^restart replace Job thunderline\/migration-\w+$/),
      expect.stringMatching(/^restart replace Job thunderline\/postgres-setup-\w+$/),
      "quiet update ConfigMap thunderline/postgres-setup",
      "quiet create RandomPassword thunderline-postgres-credentials-password-2",
      "quiet update ResourceQuota thunderline/quota",
      "quiet update Secret thunderline/postgres",
    ]);
  });

  it("belongs to a system", () => {
    expect(new Set(changes.map(({ system }) => system))).toEqual(new Set(["thunderline"]));
  });

  it("tells a variable by its container and its name", () => {
    const web = changes.find(({ label }) => label === "Deployment thunderline/web");
    expect(web?.properties.map(({ path }) => path)).toEqual([
      'spec.template.metadata.annotations["rotation.platform/postgres.password"]',
      'spec.template.metadata.annotations["rotation.platform/postgres.password-2"]',
      "spec.template.spec.containers[web].env[DATABASE_PASSWORD].valueFrom.secretKeyRef.key",
    ]);
  });

  it("names a key that comes into a Secret, whose values nobody sees", () => {
    const secret = changes.find(({ label }) => label === "Secret thunderline/postgres");
    expect(secret?.properties).toEqual([{ path: "data.password-2", after: "[secret]" }]);
  });
});

describe("a resource", () => {
  it("whose protection alone goes is a change, though the engine calls it unchanged", () => {
    const [change] = changesOf(
      planOf({ ...claim, operation: "same", before: { ...state, protect: true }, after: state }),
    );
    expect(change).toMatchObject({
      operation: "update",
      risk: "data",
      properties: [{ path: "protect", before: true, after: false }],
    });
  });

  it("that gains protection is a quiet change", () => {
    const after = { ...state, protect: true };
    expect(risksOf(planOf({ ...claim, operation: "same", before: state, after }))).toEqual([
      "quiet",
    ]);
  });

  it.each(["same", "read", "refresh"] as const)("is left out: %s", (operation) => {
    expect(changesOf(planOf({ ...claim, operation, before: state, after: state }))).toEqual([]);
  });

  it("that is new has no lines of properties", () => {
    const [change] = changesOf(planOf({ ...claim, operation: "create", after: state }));
    expect(change).toMatchObject({ risk: "quiet", properties: [] });
  });
});

const type = "kubernetes:core/v1:PersistentVolumeClaim";
const urn = `urn:pulumi:dev::platform::${type}::data`;
const claim = { urn, type, replacedFor: [] };
const state: ResourceState = {
  urn,
  type,
  protect: false,
  retainOnDelete: false,
  inputs: { metadata: { name: "data", namespace: "demo" } },
  outputs: {},
};

function planOf(...resources: PlannedResource[]): Plan {
  return { stack: "dev", resources, violations: [], errors: [], warnings: [] };
}

function risksOf(plan: Plan): Change["risk"][] {
  return changesOf(plan).map(({ risk }) => risk);
}
