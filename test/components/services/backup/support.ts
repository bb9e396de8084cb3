import { Claim } from "../../../../components/kubernetes/claim";
import { given, type Scope } from "../../../../components/scope";
import { Backup, type BackupArgs, backUp } from "../../../../components/services/backup/backup";
import type { BackupSource } from "../../../../components/services/backup/source";
import { type BackupSettings, dumpBackup } from "../../../../config/backup";
import { type Surroundings, testScope } from "../../../support/scope";
import { resources } from "../../../support/server";
import { synth, type Synthesis } from "../../../support/synth";

const claim = { volume: { size: "20Gi" }, data: "keep" };
const archive = {
  method: "dump",
  claim,
  schedule: "0 2 * * *",
  keepDays: 30,
  resources,
  deadlineSeconds: 3600,
};

export const onClaim = dumpBackup.parse({ ...archive, target: { to: "claim" } });

export const inBucket = dumpBackup.parse({
  ...archive,
  target: {
    to: "objectStore",
    host: "s3.example.com",
    region: "eu-central-1",
    bucket: "backups",
    prefix: "acme/prod",
    accessKey: { from: "setting", key: "backupAccessKey" },
    secretKey: { from: "existing", secretName: "theirs", key: "secret" },
    clientImage: "docker.io/acme/mc:1.0.0",
  },
});

export const none = dumpBackup.parse({
  method: "none",
  claim,
  reason: "it is made anew each night",
});

export const snapshots = { schedule: "0 4 * * *", keepDays: 7 };

/** A cluster with what snapshots need, and with the addresses of the bucket. */
export const cluster = {
  apiServer: { cidrs: ["192.0.2.64/28"], port: 6443 },
  capabilities: { volumeSnapshots: true },
  externalCidrs: { "s3.example.com": ["203.0.113.0/28"] },
};

/** A store to be backed up: a database with a volume. */
export function source(scope: Scope, changes: Partial<BackupSource> = {}): BackupSource {
  const volume = new Claim("acme-db-data", {
    scope,
    name: "db-data",
    volume: { size: "10Gi" },
    retention: given,
  });
  return { kind: "postgres", image: "docker.io/acme/db:1.0.0", runAsUser: 70, volume, ...changes };
}

/** The backup of a store called `db`; without a source the store is off. */
export function backup(
  settings: BackupSettings,
  {
    surroundings = {},
    changes = {},
    isOff = false,
  }: {
    surroundings?: Surroundings;
    changes?: Partial<BackupSource>;
    isOff?: boolean;
  } = {},
): Promise<Synthesis<Backup | undefined>> {
  return synth(() => {
    const scope = testScope({ cluster, ...surroundings });
    const args: BackupArgs = {
      scope,
      store: "db",
      settings,
      source: isOff ? undefined : source(scope, changes),
    };
    return backUp("acme-db-backup", args, {});
  });
}
