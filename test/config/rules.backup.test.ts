/** The rules of backups: what they need of the cluster, and where a bucket for them may be. */
import { faultsOf, type Said, saidBy } from "./support";

const claim = { volume: { size: "20Gi" }, data: "keep" };
const archive = {
  claim,
  schedule: "0 2 * * *",
  keepDays: 30,
  target: { to: "claim" },
  resources: {
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { cpu: "500m", memory: "1Gi" },
  },
  deadlineSeconds: 3600,
};
const dump = { method: "dump", ...archive };
const snapshots = { schedule: "0 4 * * *", keepDays: 30 };
const asks = {
  "cluster.apiServer": { cidrs: ["192.0.2.64/28"] },
  "cluster.capabilities": { volumeSnapshots: true },
};

function faults(changes: Said): string[] {
  return faultsOf(saidBy("dev", changes));
}

describe("the backup of a store", () => {
  it.each([
    ["a dump on a claim", { "thunderline.postgres.backup": dump }],
    [
      "a copy of files",
      {
        "thunderline.livebook.backup": {
          method: "copy",
          ...archive,
          clientImage: "docker.io/acme/python:3.13",
        },
      },
    ],
    [
      "none, with a reason",
      { "thunderline.mlflow.backup": { method: "none", reason: "its runs are made again" } },
    ],
  ])("may be %s", (_, changes) => {
    expect(faults(changes)).toEqual([]);
  });

  it("is one of the methods that fit the store", () => {
    expect(faults({ "thunderline.postgres.backup.method": "copy" })).toEqual([
      'platform:thunderline.postgres.backup.method: got "copy", expected one of dump, snapshot, none',
    ]);
  });

  it("is none only for a reason that says something", () => {
    expect(faults({ "thunderline.postgres.backup.reason": "no" })).toEqual([
      'platform:thunderline.postgres.backup.reason: got "no", expected why there is none, in a sentence of at least ten characters',
    ]);
  });

  it("is kept for whole days, one at least", () => {
    expect(faults({ "thunderline.postgres.backup": { ...dump, keepDays: 0 } })).toEqual([
      "platform:thunderline.postgres.backup.keepDays: got 0, expected a whole number from 1 to 3650",
    ]);
  });

  it("runs by five cron fields", () => {
    expect(faults({ "thunderline.postgres.backup": { ...dump, schedule: "daily" } })).toEqual([
      'platform:thunderline.postgres.backup.schedule: got "daily", expected a cron expression of five fields such as "0 2 * * *"',
    ]);
  });

  it("has a claim of a class that the cluster offers", () => {
    const volume = { size: "20Gi", storageClass: "gold" };
    const backup = { ...dump, claim: { volume, data: "keep" } };
    expect(faults({ "thunderline.postgres.backup": backup })).toEqual([
      expect.stringMatching(
        /^platform:thunderline\.postgres\.backup\.claim\.volume\.storageClass: got "gold"/,
      ),
    ]);
  });
});

describe("snapshots", () => {
  const besides = { "thunderline.postgres.backup": { ...dump, snapshots } };
  const alone = { "thunderline.postgres.backup": { method: "snapshot", claim, ...snapshots } };

  it.each([
    ["besides dumps", besides],
    ["alone", alone],
  ])("%s are taken where the cluster offers them and the API server is known", (_, changes) => {
    expect(faults({ ...asks, ...changes })).toEqual([]);
  });

  it("besides dumps are refused where the cluster offers none", () => {
    const without = { "cluster.apiServer": asks["cluster.apiServer"] };
    expect(faults({ ...without, ...besides })).toEqual([
      "platform:thunderline.postgres.backup.snapshots: nothing is set, expected none; install the snapshot controller and set platform:cluster.capabilities.volumeSnapshots to true",
    ]);
  });

  it("alone are refused where the cluster offers none", () => {
    const without = { "cluster.apiServer": asks["cluster.apiServer"] };
    expect(faults({ ...without, ...alone })).toEqual([
      'platform:thunderline.postgres.backup.method: got "snapshot", expected another method; install the snapshot controller and set platform:cluster.capabilities.volumeSnapshots to true',
    ]);
  });

  it("need the addresses of the API server once, however many stores have them", () => {
    const capabilities = { "cluster.capabilities": asks["cluster.capabilities"] };
    const two = { ...besides, "faultmaven.redis.backup": { ...dump, snapshots } };
    expect(faults({ ...capabilities, ...two })).toEqual([
      "platform:cluster.apiServer: nothing is set, expected the addresses of the API server, because pods ask it for snapshots; set them with: pulumi config set --path 'platform:cluster.apiServer.cidrs[0]' 10.0.0.0/28",
    ]);
  });

  it("of a store that somebody else runs are not looked at", () => {
    const external = {
      host: "source-db.example.com",
      password: { from: "setting", key: "openaiApiKey" },
    };
    const elsewhere = {
      "thunderline.postgres.mode": "external",
      "thunderline.postgres.external": external,
    };
    expect(faults({ ...besides, ...elsewhere })).toEqual([]);
  });

  it("of a part that is off are not looked at", () => {
    expect(faults({ ...besides, "thunderline.enabled": false })).toEqual([]);
  });
});

describe("a bucket for backups", () => {
  const path = "thunderline.objectStore.backup";
  const inBucket = (host: string): Said => ({
    [path]: {
      method: "copy",
      ...archive,
      target: {
        to: "objectStore",
        host,
        bucket: "backups",
        accessKey: { from: "existing", secretName: "theirs", key: "access" },
        secretKey: { from: "existing", secretName: "theirs", key: "secret" },
        clientImage: "docker.io/acme/mc:1.0.0",
      },
    },
  });

  it("may be anywhere whose addresses are known", () => {
    const addresses = { 'cluster.externalCidrs["s3.example.com"]': ["192.0.2.0/24"] };
    expect(faults({ ...inBucket("s3.example.com"), ...addresses })).toEqual([]);
  });

  it("may be in another namespace of the cluster", () => {
    expect(faults(inBucket("minio.backups.svc.cluster.local"))).toEqual([]);
  });

  it("has addresses that are known, because a policy cannot name a host", () => {
    expect(faults(inBucket("s3.example.com"))).toEqual([
      `platform:${path}.target.host: got "s3.example.com", expected a host whose addresses are known; set them with: pulumi config set --path 'platform:cluster.externalCidrs["s3.example.com"][0]' 10.0.0.0/24`,
    ]);
  });

  it("is not in the very store that is copied", () => {
    expect(faults(inBucket("minio.thunderline.svc.cluster.local"))).toEqual([
      `platform:${path}.target.host: got "minio.thunderline.svc.cluster.local", expected another store than those of this stack: it may be the very one that is copied`,
    ]);
  });

  it.each(["faultmaven", "philotes", "timescaledb"])(
    "is not in the stack's namespace %s, which lets nobody in",
    (namespace) => {
      expect(faults(inBucket(`minio.${namespace}.svc`))).toHaveLength(1);
    },
  );

  it("has a key that the stack has, where it is an encrypted setting", () => {
    const accessKey = { from: "setting", key: "backupAccessKey" };
    const said = inBucket("minio.backups.svc");
    expect(faults({ ...said, [`${path}.target.accessKey`]: accessKey })).toEqual([
      expect.stringMatching(`^platform:${path}.target.accessKey.key: got "backupAccessKey"`),
    ]);
  });

  it("is named without a slash at either end of its prefix", () => {
    const said = inBucket("minio.backups.svc");
    expect(faults({ ...said, [`${path}.target.prefix`]: "/prod" })).toEqual([
      `platform:${path}.target.prefix: got "/prod", expected a path in the bucket such as backups/prod, without a slash at either end`,
    ]);
  });
});
