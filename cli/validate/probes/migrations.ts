import {
  migrationChecksum,
  migrationsOf,
  tablesIn,
} from "../../../components/systems/telemetry/streams/migrations";
import type { DatabaseName } from "../../../components/systems/telemetry/streams/model";
import { tables } from "../../../components/systems/telemetry/streams/tables";
import { failed, type Finding, passed } from "../../preflight/model";
import type { AskDatabase } from "./database";

/** Whether a database has recorded all migrations of its streams, as they are. */
export async function probeStreamMigrations(
  ask: AskDatabase,
  subject: string,
  logs: string,
  which: DatabaseName,
): Promise<Finding> {
  const applied = await ask<{ readonly version: number; readonly checksum: string }>(
    "SELECT json_build_object('version', version, 'checksum', checksum) FROM schema_migrations",
  );
  const known = migrationsOf(tablesIn(which, tables));
  const faults = known.flatMap((one) => {
    const found = applied.find(({ version }) => version === one.version);
    const name = `${one.version} (${one.name})`;
    if (found === undefined) return [`${name} is not recorded`];
    return found.checksum === migrationChecksum(one) ? [] : [`${name} was another one when it ran`];
  });
  return faults.length === 0
    ? passed(subject, `all ${known.length} migrations are recorded, as they are declared`)
    : failed(subject, faults.join("; "), logs);
}

/**
 * Whether Ecto has recorded migrations. Which ones there should be is in the image, and its job runs all
 * of them or fails.
 */
export async function probeEctoMigrations(
  ask: AskDatabase,
  subject: string,
  logs: string,
): Promise<Finding> {
  const [row] = await ask<{ readonly count: number; readonly newest: string | null }>(
    "SELECT json_build_object('count', count(*), 'newest', max(version)::text) FROM schema_migrations",
  );
  return row === undefined || row.count === 0
    ? failed(
        subject,
        "no migration is recorded, and its job says that it has run",
        `Is this the database that the job has migrated? ${logs}`,
      )
    : passed(
        subject,
        `${row.count} migrations are recorded, the newest ${row.newest ?? "unknown"}`,
      );
}

/** Whether FaultMaven's database has recorded this release or a later one, and Alembic a revision. */
export async function probeFaultMavenMigrations(
  ask: AskDatabase,
  subject: string,
  logs: string,
  release: number,
): Promise<Finding> {
  const [row] = await ask<{ readonly newest: number | null }>(
    "SELECT json_build_object('newest', max(release)) FROM platform_releases",
  );
  const revisions = await ask<string>("SELECT to_json(version_num) FROM alembic_version");
  const newest = row?.newest ?? 0;
  if (newest < release || revisions.length === 0) {
    const evidence = `release ${release} is wanted; recorded are release ${row?.newest ?? "none"} and Alembic's ${revisions.join(", ") || "none"}`;
    return failed(subject, evidence, `Is this the database that the job has migrated? ${logs}`);
  }
  return passed(subject, `release ${newest} is recorded, with Alembic's ${revisions.join(", ")}`);
}

/** Whether Lakekeeper's migrations, which sqlx records, have all succeeded. */
export async function probeLakekeeperMigrations(
  ask: AskDatabase,
  subject: string,
  logs: string,
  schema: string,
): Promise<Finding> {
  const [row] = await ask<{ readonly count: number; readonly broken: number }>(
    `SELECT json_build_object('count', count(*), 'broken', count(*) FILTER (WHERE NOT success)) FROM "${schema.replaceAll('"', '""')}"._sqlx_migrations`,
  );
  const { count = 0, broken = 0 } = row ?? {};
  return count === 0 || broken > 0
    ? failed(subject, `${count} migrations are recorded, ${broken} of them broken off`, logs)
    : passed(subject, `${count} migrations are recorded`);
}
