import {
  archiveOf,
  backupSchemas,
  type BackupSettings,
  bucketBackup,
  snapshotsOf,
} from "../backup";
import { namespaceOf } from "../cluster";
import type { Fault, Path } from "../faults";
import { settingsSchema } from "../settings";
import { identity, own, valueAt, walk } from "../shape";
import { isAddressable, isOff } from "./blocks";
import type { RuleInput } from "./index";

interface Found {
  readonly path: Path;
  readonly backup: BackupSettings;
  readonly isBucket: boolean;
}

/** Rules of the backups of bundled stores; of an external one nothing is looked at. */
export function backupRules(input: RuleInput): Fault[] {
  const backups = backupsIn(input);
  return [
    ...backups.flatMap((found) => [
      ...snapshotsAreOffered(found, input),
      ...targetIsReachable(found, input),
    ]),
    ...apiServerIsKnown(backups, input),
  ];
}

function backupsIn({ settings }: RuleInput): Found[] {
  const found: Found[] = [];
  walk(settingsSchema, settings, (schema, value, path) => {
    const known = backupSchemas.find((one) => identity(one) === identity(schema));
    if (known === undefined || isOff(path, settings)) return;
    const mode = own(valueAt(settings, path.slice(0, -1)), "mode");
    if (mode !== undefined && mode !== "bundled") return;
    found.push({ path, backup: value as BackupSettings, isBucket: known === bucketBackup });
  });
  return found;
}

/** Where a stack says that there are to be snapshots. */
function snapshotPath({ path, backup }: Found): Path {
  return [...path, backup.method === "snapshot" ? "method" : "snapshots"];
}

function snapshotsAreOffered(found: Found, { settings }: RuleInput): Fault[] {
  if (snapshotsOf(found.backup) === undefined) return [];
  if (settings.cluster.capabilities.volumeSnapshots) return [];
  const alone = found.backup.method === "snapshot";
  return [
    {
      path: snapshotPath(found),
      ...(alone ? { value: "snapshot" } : {}),
      expected: alone ? "another method" : "none",
      mend: "install the snapshot controller and set platform:cluster.capabilities.volumeSnapshots to true",
      judgedBy: [["cluster", "capabilities", "volumeSnapshots"]],
    },
  ];
}

/** A pod that makes snapshots asks the API server for them, and a policy has to name its addresses. */
function apiServerIsKnown(backups: readonly Found[], { settings }: RuleInput): Fault[] {
  const asking = backups.filter(({ backup }) => snapshotsOf(backup) !== undefined);
  if (asking.length === 0 || settings.cluster.apiServer !== undefined) return [];
  return [
    {
      path: ["cluster", "apiServer"],
      expected: "the addresses of the API server, because pods ask it for snapshots",
      mend: "set them with: pulumi config set --path 'platform:cluster.apiServer.cidrs[0]' 10.0.0.0/28",
      judgedBy: asking.map(snapshotPath),
    },
  ];
}

/**
 * A bucket for backups is elsewhere. A store of this program lets nobody in who is not declared, stands
 * in the same namespace or beside it, and would be lost together with what it is the backup of.
 */
function targetIsReachable({ path, backup, isBucket }: Found, input: RuleInput): Fault[] {
  const target = archiveOf(backup)?.target;
  if (target?.to !== "objectStore") return [];
  const host = [...path, "target", "host"];
  const { cluster, thunderline, faultmaven, philotes, telemetry } = input.settings;
  const own = [thunderline, faultmaven, philotes].map(({ namespace }) => namespace);
  const namespace = namespaceOf(target.host, cluster);
  if (
    namespace !== undefined &&
    [...own, ...Object.values(telemetry.namespaces)].includes(namespace)
  ) {
    return [
      {
        path: host,
        value: target.host,
        expected: isBucket
          ? "another store than those of this stack: it may be the very one that is copied"
          : "another store than those of this stack, which are lost together",
      },
    ];
  }
  return isAddressable(target.host, host, input);
}
