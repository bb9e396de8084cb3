# A PostgreSQL server: all its databases but the templates, `postgres`, and what a restore has left
# (NAME_restoring, NAME_before_restore). PGHOST, PGPORT, PGUSER and PGPASSWORD are those of a superuser.
export PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}"
# Nothing waits long for a lock, and nothing that a server or a role sets ends a session of ours.
export PGOPTIONS="-c lock_timeout=60s -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"

unfinished=

# Asks a database what stands on standard input.
ask() {
  PGDATABASE=$1
  export PGDATABASE
  shift
  psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 "$@" --file=-
}

# The tables of users: partitions are counted with their parents, chunks with their hypertables.
user_tables="pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^(pg_|_timescaledb_)'
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')"

databases() {
  ask postgres <<'SQL'
SELECT datname FROM pg_database
  WHERE NOT datistemplate AND datname <> 'postgres' AND datname !~ '_(restoring|before_restore)$'
  ORDER BY datname;
SQL
}

# Statements that count the tables of a database which goes by NAME: lines DATABASE.SCHEMA.TABLE COUNT,
# with neither spaces nor line breaks in the name.
count_statements="SELECT format('SELECT %L || '' '' || count(*) FROM %I.%I',
    replace(replace(replace(format('%I.%I.%I', :'name', n.nspname, c.relname),
      '%', '%25'), ' ', '%20'), chr(10), '%0A'), n.nspname, c.relname)
  FROM $user_tables ORDER BY 1 \\gexec"

# One snapshot for the archive and the counts. psql does not say how its \! ended: a file does.
dump_database() {
  reason="database $2 could not be dumped"
  ARCHIVE=$1.dump DUMPED=$1.dumped
  export ARCHIVE DUMPED
  ask "$2" --set=name="$2" >"$1.rows" <<SQL
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \\gset
\\setenv SNAPSHOT :snapshot
\\! pg_dump --no-password --format=custom --lock-wait-timeout=60s --snapshot="\$SNAPSHOT" --file="\$ARCHIVE" </dev/null && : >"\$DUMPED"
$count_statements
COMMIT;
SQL
  rm "$DUMPED"
  properties "$2" >"$1.sql"
  ask "$2" >"$1.extensions" <<'SQL'
SELECT extname || ' ' || extversion FROM pg_extension ORDER BY extname;
SQL
}

# Statements that make a database like another one, under the name in psql's variable TARGET: its owner,
# its encoding, its settings and who may connect. They are not in an archive of its contents.
properties() {
  ask postgres --set=name="$1" <<'SQL'
SELECT format('CREATE DATABASE :"target" TEMPLATE template0 OWNER %I ENCODING %L'
    ' LC_COLLATE %L LC_CTYPE %L CONNECTION LIMIT %s;',
    pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit)
  FROM pg_database WHERE datname = :'name';
SELECT 'REVOKE ALL ON DATABASE :"target" FROM PUBLIC;'
  FROM pg_database WHERE datname = :'name' AND datacl IS NOT NULL;
SELECT format('GRANT %s ON DATABASE :"target" TO %s%s;', privilege_type,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' END)
  FROM pg_database, aclexplode(datacl) WHERE datname = :'name' AND grantee <> datdba;
SELECT format('ALTER %s :"target" SET %I TO %s;',
    CASE setrole WHEN 0 THEN 'DATABASE' ELSE format('ROLE %I IN DATABASE', pg_get_userbyid(setrole)) END,
    split_part(one, '=', 1),
    -- Lists are stored with their quotes.
    CASE WHEN split_part(one, '=', 1) IN
      ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
      THEN substr(one, strpos(one, '=') + 1)
      ELSE quote_literal(substr(one, strpos(one, '=') + 1)) END)
  FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) AS one
  WHERE d.datname = :'name' AND one !~ '^timescaledb\.restoring=';
SQL
}

dump_into() {
  reason="what a restore has left could not be put in order"
  reopen_live
  drop_unfinished "$marked"
  reason="the databases could not be listed"
  databases >"$1/databases"
  : >"$1/rows"
  number=0
  while IFS= read -r name; do
    number=$((number + 1))
    dump_database "$1/$number" "$name"
    cat "$1/$number.rows" >>"$1/rows"
  done <"$1/databases"
}

check_archive() {
  number=0
  while IFS= read -r name; do
    number=$((number + 1))
    reason="the archive of database $name cannot be read"
    contents=$(pg_restore --list "$1/$number.dump")
    [ -n "$contents" ]
    pg_restore --file=/dev/null "$1/$number.dump"
  done <"$1/databases"
}

# The databases of a restore are marked until they take the place of the live ones, so that no other
# database whose name ends like theirs is taken for one.
mark="of a restore that has not ended"
marked="AND shobj_description(oid, 'pg_database') = '$mark'"

# A restore that was killed at the wrong moment has left live databases closed, beside restored ones.
reopen_live() {
  ask postgres <<'SQL'
SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS true', datname) FROM pg_database
  WHERE NOT datallowconn AND datname || '_restoring' IN (SELECT datname FROM pg_database) \gexec
SQL
}

has_data() {
  reopen_live || return 2
  live=$(databases) || return 2
  while IFS= read -r name; do
    [ -n "$name" ] || continue
    row=$(ask "$name" <<SQL
SELECT format('SELECT 1 FROM %I.%I LIMIT 1', n.nspname, c.relname) FROM $user_tables \\gexec
SQL
    ) || return 2
    [ -z "$row" ] || return 0
  done <<NAMES
$live
NAMES
  return 1
}

# All databases are made beside the live ones and compared with the archive before one of them is
# replaced; then all are replaced at once.
restore_from() {
  reason="the live databases cannot be replaced, and are as they were"
  refuse_slots "$1"
  unfinished=yes
  drop_unfinished
  number=0
  while IFS= read -r name; do
    number=$((number + 1))
    reason="database $name could not be restored; the live ones are as they were"
    if [ "${#name}" -gt 48 ]; then
      echo "the name $name leaves no room for ${name}_before_restore" >&2
      return 1
    fi
    restore_database "$1/$number" "$name" "${name}_restoring"
  done <"$1/databases"
  reason="the restored databases could not take the place of the live ones, which are as they were"
  replace_live
  unfinished=
}

# What is half made would fill the server's volume.
tidy() {
  [ -n "$unfinished" ] || return 0
  reopen_live || return 0
  drop_unfinished || return 0
}

drop_unfinished() {
  ask postgres <<SQL
SELECT format('DROP DATABASE %I WITH (FORCE)', datname)
  FROM pg_database WHERE datname ~ '_restoring\$' ${1:-} \\gexec
SQL
}

# A logical replication slot belongs to its database and cannot be taken along: whoever reads it would
# go on from a place that there no longer is, and miss changes without a word.
refuse_slots() {
  slots=$(ask postgres --field-separator=' ' <<'SQL'
SELECT slot_name, datname FROM pg_replication_slots JOIN pg_database ON datname = database ORDER BY 1;
SQL
  )
  while read -r slot name; do
    [ -n "$slot" ] || continue
    while IFS= read -r one; do
      [ "$one" = "$name" ] || continue
      echo "database $name has the replication slot $slot, whose reader needs a new first copy after" \
        "a restore. Stop the reader, then in $name: SELECT pg_drop_replication_slot('$slot');" >&2
      return 1
    done <"$1/databases"
  done <<SLOTS
$slots
SLOTS
}

restore_database() {
  # The live database knows its owner and settings better than the archive does.
  statements=$(properties "$2")
  ask postgres --set=target="$3" --set=mark="$mark" <<SQL
${statements:-$(cat "$1.sql")}
COMMENT ON DATABASE :"target" IS :'mark';
SQL
  timescale=
  while read -r extension version; do
    if [ "$extension" = timescaledb ]; then timescale=$version; fi
  done <"$1.extensions"
  # TimescaleDB takes its catalogue back only at the version that wrote it, and between these calls.
  if [ -n "$timescale" ]; then
    ask "$3" --set=version="$timescale" <<'SQL'
CREATE EXTENSION timescaledb VERSION :'version';
SQL
    echo "SELECT timescaledb_pre_restore();" | ask "$3" >/dev/null
  fi
  pg_restore --no-password --exit-on-error --dbname="$3" "$1.dump"
  if [ -n "$timescale" ]; then
    echo "SELECT timescaledb_post_restore();" | ask "$3" >/dev/null
  fi
  # An archive has no statistics, and the first queries would be planned without them.
  echo "ANALYZE;" | ask "$3"
  expected_rows=$(cat "$1.rows")
  restored_rows=$(count_database "$3" "$2")
  if [ "$restored_rows" != "$expected_rows" ]; then
    compare "$expected_rows" "$restored_rows" || exit 5
  fi
}

count_database() {
  ask "$1" --set=name="$2" <<SQL
$count_statements
SQL
}

# The two renames of all databases are one transaction.
replace_live() {
  if ask postgres >/dev/null <<'SQL'
CREATE TEMPORARY TABLE swap AS SELECT datname::text AS restored,
    regexp_replace(datname, '_restoring$', '') AS live,
    regexp_replace(datname, '_restoring$', '_before_restore') AS before
  FROM pg_database WHERE datname ~ '_restoring$';
SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', before) FROM swap \gexec
SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS false', datname)
  FROM pg_database WHERE datname IN (SELECT live FROM swap UNION SELECT restored FROM swap) \gexec
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
  WHERE datname IN (SELECT live FROM swap UNION SELECT restored FROM swap);
BEGIN;
SELECT format('ALTER DATABASE %I RENAME TO %I', live, before)
  FROM swap WHERE live IN (SELECT datname FROM pg_database) \gexec
SELECT format('COMMENT ON DATABASE %I IS NULL', restored) FROM swap \gexec
SELECT format('ALTER DATABASE %I RENAME TO %I', restored, live) FROM swap \gexec
SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS true', datname)
  FROM pg_database WHERE datname IN (SELECT live FROM swap UNION SELECT before FROM swap) \gexec
COMMIT;
SQL
  then return 0; fi
  reopen_live
  return 1
}

count_rows() {
  while IFS= read -r name; do
    count_database "$name" "$name"
  done <"$1/databases"
}
