/** Proves what is refused, and with which words. */
import { requireHarmless } from "../../../cli/adopt/apply";
import { holdingsOf } from "../../../cli/adopt/holdings";
import type { Job, Pod, Workload } from "../../../cli/adopt/objects";
import {
  obstaclesOfClaims,
  obstaclesOfNames,
  obstaclesOfQuota,
  obstaclesOfRelease,
  obstaclesOfSettings,
} from "../../../cli/adopt/obstacles";
import type { Plan } from "../../../cli/plan";
import { settingsOf } from "../../support/settings";
import { claim, holding, marks, nothing, release, workload } from "./support";

const said = (obstacles: readonly { readonly what: string }[]): string[] =>
  obstacles.map(({ what }) => what);

describe("a release", () => {
  it.each(["pending-upgrade", "failed", "uninstalling"])("that is %s is refused", (status) => {
    expect(said(obstaclesOfRelease(release({ status }), nothing))).toEqual([
      `Revision 1 of release thunderline is ${status}, not deployed.`,
    ]);
  });

  it("is refused while a hook of it runs", () => {
    const job = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "migrate", annotations: { "helm.sh/hook": "pre-upgrade" } },
      spec: { template: { spec: { containers: [] } } },
    } satisfies Job;
    const jobs = [{ ...job, status: { active: 1 } }];
    expect(said(obstaclesOfRelease(release(), { ...nothing, jobs }))).toEqual([
      "Of the release there runs: Job migrate.",
    ]);
    expect(obstaclesOfRelease(release(), { ...nothing, jobs: [job] })).toEqual([]);
  });

  it("in another namespace than the settings' is refused, with both", () => {
    const elsewhere = release({ namespace: "thunder" });
    expect(said(obstaclesOfSettings(elsewhere, settingsOf("dev"), "thunderline"))).toEqual([
      'platform:thunderline.namespace is "thunderline", and the release is in "thunder": a claim cannot be mounted from another namespace.',
    ]);
  });

  it("whose objects have our names is refused", () => {
    const web = workload("Deployment", "web", { containers: [] });
    expect(said(obstaclesOfNames(release({ objects: [web] }), [web], []))).toEqual([
      "Deployment web is an object of the release, and ours would have the same name.",
    ]);
  });

  it("beside an object of our name that somebody made by hand is refused, and one of ours is not", () => {
    const web = workload("Deployment", "web", { containers: [] });
    const labels = { "app.kubernetes.io/managed-by": "pulumi" };
    const own = { ...web, metadata: { ...web.metadata, labels } };
    expect(said(obstaclesOfNames(release(), [web], [web]))).toEqual([
      "Deployment web is on the cluster already, made by somebody else, and ours would have the same name.",
    ]);
    expect(obstaclesOfNames(release(), [web], [own])).toEqual([]);
  });
});

describe("a claim", () => {
  const postgres = { name: "db", image: "postgres:16" };

  it("without a volume is refused", () => {
    const pending = holding(postgres, "/data", { phase: "Pending" });
    expect(said(obstaclesOfClaims([pending]))).toEqual([
      "Claim data-old-db-0 is Pending, not Bound.",
    ]);
  });

  it("of a StatefulSet's template is found by its generated name, without pods too", () => {
    const mount = { name: "data", mountPath: "/data" };
    const owner = workload(
      "StatefulSet",
      "thunderline-postgresql",
      { containers: [{ ...postgres, volumeMounts: [mount] }] },
      { replicas: 0, volumeClaimTemplates: [{ metadata: { name: "data" } }] },
    );
    const names = ["data-thunderline-postgresql-0", "data-thunderline-postgresql-read-0"];
    const claims = names.map((name) => ({ ...claim(name), metadata: { name } })) as never;
    const found = holdingsOf(release(), { ...nothing, workloads: [owner], claims });
    expect(found.map((it) => it.claim)).toEqual(["data-thunderline-postgresql-0"]);
    expect(found[0]).toMatchObject({ phase: "Bound", size: "8Gi" });
  });

  it("that another release mounts too is refused, and one that ours mounts is not", () => {
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "files" } }];
    const pod = { containers: [], volumes };
    const other: Workload = {
      ...workload("Deployment", "other", pod),
      metadata: { name: "other", annotations: { ...marks, "meta.helm.sh/release-name": "other" } },
    };
    const ours: Workload = {
      ...workload("Deployment", "ours", pod),
      metadata: { name: "ours", labels: { "app.kubernetes.io/managed-by": "pulumi" } },
    };
    const loose = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "debug" },
      spec: pod,
    } satisfies Pod;
    const live = {
      ...nothing,
      workloads: [other, ours],
      pods: [loose],
      claims: [claim("files")] as never,
    };
    expect(said(obstaclesOfClaims(holdingsOf(release(), live)))).toEqual([
      "Claim files is mounted by others too: Deployment other, Pod debug.",
    ]);
  });

  it("of ours has to fit into the quota beside those that are there", () => {
    const live = { ...nothing, claims: [claim("theirs")] as never };
    const quota = (storage: string): never =>
      ({
        ...{ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "quota" } },
        spec: { hard: { "requests.storage": storage } },
      }) as never;
    expect(obstaclesOfQuota("thunderline", live, [quota("16Gi"), claim("ours")])).toEqual([]);
    expect(said(obstaclesOfQuota("thunderline", live, [quota("15Gi"), claim("ours")]))).toEqual([
      "The namespace's quota would be 15Gi of storage; with the claims that are there it takes 16Gi.",
    ]);
  });
});

describe("the update of an adoption", () => {
  const plan = (operation: "create" | "delete" | "replace"): Plan => {
    const urn =
      "urn:pulumi:dev::platform::a$kubernetes:core/v1:PersistentVolumeClaim::thunderline-data";
    const one = {
      urn,
      type: "kubernetes:core/v1:PersistentVolumeClaim",
      operation,
      replacedFor: [],
    };
    return { stack: "dev", resources: [one], violations: [], errors: [], warnings: [] };
  };

  it.each(["delete", "replace"] as const)("is refused where it would %s anything", (operation) => {
    expect(() => {
      requireHarmless(plan(operation));
    }).toThrow(
      `The update would delete or replace:\n  ${operation} PersistentVolumeClaim thunderline-data`,
    );
  });

  it("may make things", () => {
    expect(() => {
      requireHarmless(plan("create"));
    }).not.toThrow();
  });
});
