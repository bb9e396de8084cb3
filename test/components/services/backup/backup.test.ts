/** Proves what is declared for the backup of a store; that it can be restored, only real programs show. */
import * as pulumi from "@pulumi/pulumi";

import type { Backup } from "../../../../components/services/backup/backup";
import { placeIn } from "../../../../components/services/backup/target";
import { clientDumpBackup } from "../../../../config/backup";
import type { Manifests, PodTemplate } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import { testScope } from "../../../support/scope";
import { resources } from "../../../support/server";
import type { Synthesis } from "../../../support/synth";
import { backup, inBucket, none, onClaim, snapshots } from "./support";

function job(synthesis: Synthesis<unknown>): Manifests["CronJob"] {
  return synthesis.object("CronJob", "db-backup");
}

function pod(synthesis: Synthesis<unknown>): NonNullable<PodTemplate["spec"]> {
  return job(synthesis).spec.jobTemplate.spec.template.spec;
}

function made({ resources: all }: Synthesis<unknown>): string[] {
  return all
    .filter(({ custom, parent }) => custom && parent?.name.startsWith("acme-db-backup") === true)
    .map(({ name }) => name);
}

describe("a backup on a claim", () => {
  let synthesis: Synthesis<Backup | undefined>;
  beforeAll(async () => {
    synthesis = await backup(onClaim);
  });

  it("runs by the clock that the settings name, and for so long at most", () => {
    expect(job(synthesis).spec).toMatchObject({
      schedule: "0 2 * * *",
      suspend: false,
      jobTemplate: { spec: { activeDeadlineSeconds: 3600, backoffLimit: 2 } },
    });
  });

  it("is found by an annotation that names the store", () => {
    expect(job(synthesis).metadata.annotations["backup.platform/store"]).toBe("db");
  });

  it("has a role of its own in its system", () => {
    expect(job(synthesis).metadata.labels["app.kubernetes.io/component"]).toBe("backup");
  });

  it("runs the store's own image as the store's own user", () => {
    const { containers = [], securityContext } = pod(synthesis);
    expect(containers).toMatchObject([
      { image: "docker.io/acme/db:1.0.0", command: ["/bin/sh", "/backup/take.sh"], resources },
    ]);
    expect(securityContext?.runAsUser).toBe(70);
  });

  it("is told the store and the days that it keeps", () => {
    expect(envOf(synthesis, "CronJob/db-backup")).toEqual({
      HOME: "/tmp",
      KEEP_DAYS: "30",
      STORE: "db",
    });
  });

  it("has its scripts under the names by which they call each other", () => {
    const { data } = synthesis.object("ConfigMap", "db-backup");
    expect(Object.keys(data).sort()).toEqual([
      "list.sh",
      "restore.sh",
      "store.sh",
      "supervise.sh",
      "take.sh",
      "target.sh",
    ]);
    expect([data["store.sh"], data["target.sh"]]).toEqual([
      expect.stringContaining("pg_dump"),
      expect.not.stringContaining("MC"),
    ]);
  });

  it("has its claim where the scripts leave what they make", () => {
    expect(pod(synthesis).containers?.[0]?.volumeMounts).toEqual([
      { name: "db-backup", mountPath: "/backup", readOnly: true },
      { name: "db-backups", mountPath: "/backups" },
      { name: "tmp", mountPath: "/tmp" },
    ]);
    const { spec } = synthesis.object("PersistentVolumeClaim", "db-backups");
    expect(spec.resources.requests).toEqual({ storage: "20Gi" });
  });

  it("may run on any node", () => {
    expect(pod(synthesis).affinity).toBeUndefined();
  });
});

describe("a backup of a volume of one node", () => {
  it("runs where the volume's server runs", async () => {
    const synthesis = await backup(onClaim, { changes: { beside: ["blue", "green"] } });
    expect(pod(synthesis).affinity).toEqual({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: {
              matchExpressions: [
                { key: "app.kubernetes.io/name", operator: "In", values: ["blue", "green"] },
              ],
            },
          },
        ],
      },
    });
  });
});

describe("a backup of a store whose image has no client", () => {
  it("runs the image that the settings name", async () => {
    const settings = clientDumpBackup.parse({ ...onClaim, clientImage: "docker.io/acme/py:3.13" });
    expect(pod(await backup(settings)).containers?.[0]?.image).toBe("docker.io/acme/py:3.13");
  });
});

describe("a backup in a bucket", () => {
  const encrypted = { backupAccessKey: pulumi.secret("set-by-hand") };
  let synthesis: Synthesis<Backup | undefined>;
  beforeAll(async () => {
    synthesis = await backup(inBucket, { surroundings: { encrypted } });
  });

  it("is told where it is, with keys out of Secrets alone", () => {
    expect(envOf(synthesis, "CronJob/db-backup")).toEqual({
      HOME: "/tmp",
      KEEP_DAYS: "30",
      MC: "/tools/mc",
      MC_HOST_target: "https://$(TARGET_ACCESS_KEY):$(TARGET_SECRET_KEY)@s3.example.com:443",
      MC_REGION: "eu-central-1",
      STORE: "db",
      TARGET_ACCESS_KEY: "secret db-backup-target/access-key",
      TARGET_BUCKET: "backups",
      TARGET_PREFIX: "acme/prod/test-dev/acme",
      TARGET_SECRET_KEY: "secret theirs/secret",
    });
  });

  it("has a place there that no other cluster and no other namespace has", () => {
    const place = (namespace: string, cluster: object = {}): string =>
      placeIn({ ...testScope({ cluster: { ...cluster } }), namespace });
    expect([
      place("thunderline"),
      place("philotes"),
      place("philotes", { identifier: "north" }),
      place("philotes", { identifier: "arn:aws:eks:eu-north-1:1:cluster/one" }),
    ]).toEqual([
      "test-dev/thunderline",
      "test-dev/philotes",
      "north/philotes",
      expect.stringMatching(/^arn-aws-eks-eu-north-1-1-cluster-one-[0-9a-f]{10}\/philotes$/),
    ]);
  });

  it("may go there, and nowhere else", () => {
    const { spec } = synthesis.object("NetworkPolicy", "db-backup-to-backup-target");
    expect(spec.egress).toEqual([
      {
        to: [{ ipBlock: { cidr: "203.0.113.0/28" } }],
        ports: [{ protocol: "TCP", port: 443 }],
      },
    ]);
  });

  it("has the client out of the client's image, before it starts", () => {
    expect(pod(synthesis).initContainers).toMatchObject([
      {
        image: "docker.io/acme/mc:1.0.0",
        command: ["/bin/sh", "-c", 'cp "$(command -v mc)" /tools/mc'],
      },
    ]);
  });

  it("shows the client's image none of the store's keys and files", () => {
    const [first] = pod(synthesis).initContainers ?? [];
    expect([first?.env, first?.volumeMounts?.map(({ name }) => name)]).toEqual([
      [],
      ["work", "tools", "tmp"],
    ]);
  });

  it("works in a folder of the pod with as much room as the claim has", () => {
    expect(pod(synthesis).volumes).toContainEqual({
      name: "work",
      emptyDir: { sizeLimit: "20Gi" },
    });
  });

  it("has the script for a bucket", () => {
    const { data } = synthesis.object("ConfigMap", "db-backup");
    expect(data["target.sh"]).toContain("$TARGET_BUCKET");
  });

  it("of a bucket needs no other client than the one that its image is", async () => {
    const ofBucket = await backup(inBucket, {
      surroundings: { encrypted },
      changes: { kind: "objects", image: "docker.io/acme/mc:2.0.0" },
    });
    expect(pod(ofBucket).initContainers).toBeUndefined();
    expect(envOf(ofBucket, "CronJob/db-backup")).not.toHaveProperty("MC");
  });
});

describe("the claim of backups", () => {
  const prod = { environment: "prod" } as const;
  const changed = (data: "keep" | "release" | "discard") => ({
    ...none,
    claim: { ...none.claim, data },
  });

  it("is protected in prod while backups are made on it, whatever its policy says", async () => {
    const claim = { ...onClaim.claim, data: "discard" } as const;
    const { protected: held } = await backup({ ...onClaim, claim }, { surroundings: prod });
    expect(held).toContain("PersistentVolumeClaim/db-backups");
  });

  it("is not protected in dev", async () => {
    expect((await backup(onClaim)).protected).toEqual([]);
  });

  it.each([
    ["keep", true],
    ["release", false],
  ] as const)(
    "outlives the change to no backup under the policy %s: protected is %s",
    async (data, isProtected) => {
      const synthesis = await backup(changed(data), { surroundings: prod });
      expect(made(synthesis)).toEqual(["acme-db-backup-archives"]);
      expect(synthesis.protected.includes("PersistentVolumeClaim/db-backups")).toBe(isProtected);
    },
  );

  it("outlives the change to a bucket", async () => {
    const encrypted = { backupAccessKey: pulumi.secret("set-by-hand") };
    const synthesis = await backup(inBucket, { surroundings: { ...prod, encrypted } });
    expect(synthesis.protected).toContain("PersistentVolumeClaim/db-backups");
  });

  it("outlives the store that is off, and nothing runs", async () => {
    const synthesis = await backup(onClaim, { isOff: true, surroundings: prod });
    expect(made(synthesis)).toEqual(["acme-db-backup-archives"]);
    expect(synthesis.protected).toEqual(["PersistentVolumeClaim/db-backups"]);
  });

  it("goes under the policy discard, and not even a component is left", async () => {
    const synthesis = await backup(changed("discard"));
    expect(synthesis.value).toBeUndefined();
  });
});

describe("a backup by snapshots alone", () => {
  it("has no archives", async () => {
    const settings = { method: "snapshot", ...snapshots, claim: none.claim, deadlineSeconds: 60 };
    const synthesis = await backup(settings as typeof none);
    expect(synthesis.names("CronJob")).toEqual(["db-snapshot"]);
  });
});
