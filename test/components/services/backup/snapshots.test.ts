/** Proves what is declared for snapshots; what their accounts may do, a real API server shows. */
import { pruneSnapshots, type Snapshotted } from "../../../../components/services/backup/snapshots";
import { dumpBackup } from "../../../../config/backup";
import type { PodTemplate } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import { testScope } from "../../../support/scope";
import { synth, type Synthesis } from "../../../support/synth";
import { backup, cluster, onClaim, snapshots } from "./support";

function podOf(synthesis: Synthesis<unknown>, job: string): NonNullable<PodTemplate["spec"]> {
  return synthesis.object("CronJob", job).spec.jobTemplate.spec.template.spec;
}

function prune(...stores: (Snapshotted | undefined)[]): Promise<Synthesis<void>> {
  return synth(() => {
    pruneSnapshots("acme-pruning", testScope({ cluster }), stores, {});
  });
}

describe("snapshots of a store's volume", () => {
  const settings = dumpBackup.parse({ ...onClaim, snapshots: { ...snapshots, className: "csi" } });
  let synthesis: Synthesis<unknown>;
  beforeAll(async () => {
    synthesis = await backup(settings);
  });

  it("are made besides the archives, by a clock of their own", () => {
    expect(synthesis.names("CronJob")).toEqual(["db-backup", "db-snapshot"]);
    expect(synthesis.object("CronJob", "db-snapshot").spec.schedule).toBe("0 4 * * *");
  });

  it("are of the store's claim and of the class that the settings name", () => {
    expect(envOf(synthesis, "CronJob/db-snapshot")).toMatchObject({
      CLAIM: "db-data",
      NAMESPACE: "acme",
      SNAPSHOT_CLASS: "csi",
      STORE: "db",
    });
  });

  it("are named after their Job, so that a second try finds what the first one made", () => {
    expect(envOf(synthesis, "CronJob/db-snapshot").SNAPSHOT).toBe(
      "field metadata.labels['batch.kubernetes.io/job-name']",
    );
  });

  it("are given up with words before Kubernetes ends the run without any", () => {
    const { activeDeadlineSeconds } = synthesis.object("CronJob", "db-snapshot").spec.jobTemplate
      .spec;
    expect([activeDeadlineSeconds, envOf(synthesis, "CronJob/db-snapshot").WAIT_SECONDS]).toEqual([
      1800,
      "1770",
    ]);
  });

  it("are made by kubectl with a token, whose account may make and read them and no more", () => {
    expect(podOf(synthesis, "db-snapshot").automountServiceAccountToken).toBe(true);
    expect(synthesis.object("Role", "db-snapshot").rules).toEqual([
      {
        apiGroups: ["snapshot.storage.k8s.io"],
        resources: ["volumesnapshots"],
        verbs: ["create", "get"],
      },
    ]);
    expect(synthesis.object("RoleBinding", "db-snapshot").subjects).toEqual([
      { kind: "ServiceAccount", name: "db-snapshot", namespace: "acme" },
    ]);
  });

  it("leave the archives' pod without a token", () => {
    expect(podOf(synthesis, "db-backup").automountServiceAccountToken).toBe(false);
  });

  it("ask the API server, whose addresses the settings know", () => {
    const { spec } = synthesis.object("NetworkPolicy", "db-snapshot-to-kube-apiserver");
    expect(spec.egress).toEqual([
      {
        to: [{ ipBlock: { cidr: "192.0.2.64/28" } }],
        ports: [{ protocol: "TCP", port: 6443 }],
      },
    ]);
  });

  it("are refused where the API server is unknown, rather than allowed to go anywhere", async () => {
    const unknown = { cluster: { ...cluster, apiServer: undefined } };
    await expect(backup(settings, { surroundings: unknown })).rejects.toThrow(
      "platform:cluster.apiServer is not set",
    );
  });
});

describe("the pruning of a namespace's snapshots", () => {
  it("is one job for all stores, each with its days", async () => {
    const synthesis = await prune({ store: "db", keepDays: 30 }, undefined, {
      store: "minio",
      keepDays: 7,
    });
    expect(envOf(synthesis, "CronJob/snapshot-pruning").KEEP).toBe("db=30 minio=7");
  });

  it("runs after the night's snapshots, by the cluster's clock", async () => {
    const { spec } = (await prune({ store: "db", keepDays: 30 })).object(
      "CronJob",
      "snapshot-pruning",
    );
    expect(spec.schedule).toBe("0 5 * * *");
  });

  it("may list and remove snapshots, and no more", async () => {
    const synthesis = await prune({ store: "db", keepDays: 30 });
    expect(synthesis.object("Role", "snapshot-pruning").rules).toEqual([
      {
        apiGroups: ["snapshot.storage.k8s.io"],
        resources: ["volumesnapshots"],
        verbs: ["list", "delete"],
      },
    ]);
  });

  it("is not there where no store has snapshots", async () => {
    expect((await prune(undefined)).resources).toEqual([]);
  });
});
