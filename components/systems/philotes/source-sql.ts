import type { Shard, SourceSettings } from "../../../config/systems/philotes";

/** SQL for the source's own user, which may run again at any time. What it refuses, it says with the way out. */
export function sourceCheckSql(plugin: SourceSettings["plugin"], shards: readonly Shard[]): string {
  return [
    "\\set ON_ERROR_STOP on\n",
    serverCheck,
    ...shards.map((shard) => publicationSql(shard) + slotSql(shard, plugin)),
  ].join("\n");
}

const serverCheck = `DO $check$
BEGIN
  IF current_setting('wal_level') <> 'logical' THEN
    RAISE EXCEPTION 'wal_level is %, expected logical: changes cannot be decoded',
      current_setting('wal_level')
      USING HINT = 'ALTER SYSTEM SET wal_level = ''logical''; and restart the server.';
  END IF;
  IF coalesce(current_setting('max_slot_wal_keep_size', true), '-1') = '-1' THEN
    RAISE EXCEPTION 'max_slot_wal_keep_size is -1, expected a size: a stopped reader would fill the disk of the source'
      USING HINT = 'ALTER SYSTEM SET max_slot_wal_keep_size = ''4GB''; SELECT pg_reload_conf();';
  END IF;
END
$check$;
`;

/** A publication that somebody else made has to have the shard's tables. */
function publicationSql({ publication, tables }: Shard): string {
  const what = tables.length === 0 ? "ALL TABLES" : `TABLE ${tables.map(quotedTable).join(", ")}`;
  const missing = `DO $check$
DECLARE
  missing text;
BEGIN
  SELECT string_agg(wanted, ', ') INTO missing
    FROM unnest(ARRAY[${tables.map(literal).join(", ")}]) AS wanted
    WHERE NOT EXISTS (SELECT FROM pg_publication_tables
      WHERE pubname = ${literal(publication)} AND schemaname || '.' || tablename = wanted);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'publication ${publication} has not %', missing
      USING HINT = 'ALTER PUBLICATION ${quoted(publication)} ADD TABLE ' || missing || ';';
  END IF;
END
$check$;
`;
  return `SELECT ${literal(`CREATE PUBLICATION ${quoted(publication)} FOR ${what}`)}
  WHERE NOT EXISTS (SELECT FROM pg_publication WHERE pubname = ${literal(publication)}) \\gexec
${tables.length === 0 ? "" : missing}`;
}

/** A slot of another kind would give the reader what it cannot read; a lost one, nothing any more. */
function slotSql({ slot }: Shard, plugin: SourceSettings["plugin"]): string {
  return `DO $check$
DECLARE
  existing record;
BEGIN
  SELECT * INTO existing FROM pg_replication_slots WHERE slot_name = ${literal(slot)};
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF existing.plugin IS DISTINCT FROM ${literal(plugin)} THEN
    RAISE EXCEPTION 'slot ${slot} decodes with %, expected ${plugin}', coalesce(existing.plugin, 'nothing')
      USING HINT = 'Name another slot, or drop it once nobody reads it: SELECT pg_drop_replication_slot(''${slot}'');';
  END IF;
  IF existing.database IS DISTINCT FROM current_database() THEN
    RAISE EXCEPTION 'slot ${slot} belongs to database %, expected %', existing.database, current_database()
      USING HINT = 'Slot names are common to all databases of a server: name another slot.';
  END IF;
  IF existing.wal_status = 'lost' THEN
    RAISE EXCEPTION 'slot ${slot} has lost changes: its reader was behind by more than max_slot_wal_keep_size'
      USING HINT = 'Drop it, and load its tables anew: SELECT pg_drop_replication_slot(''${slot}'');';
  END IF;
END
$check$;
SELECT pg_create_logical_replication_slot(${literal(slot)}, ${literal(plugin)})
  WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ${literal(slot)});
`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quotedTable(table: string): string {
  return table.split(".").map(quoted).join(".");
}
