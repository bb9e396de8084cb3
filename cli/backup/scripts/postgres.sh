# Dumps all databases of a PostgreSQL server into OUT/result, with its roles, and says how long that is and
# what its checksum is. PGHOST, PGPORT, PGUSER and PGPASSWORD are those of a superuser. CLAIM names the
# volume that the server runs on.
set -eu
umask 077
export LC_ALL=C
export PGCONNECT_TIMEOUT=10
# Nothing waits long for a lock, and nothing that a server or a role sets ends a session of ours.
export PGOPTIONS="-c lock_timeout=60s -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"

ask() {
  PGDATABASE=postgres psql --no-psqlrc --no-password --quiet --no-align --tuples-only \
    --set=ON_ERROR_STOP=1 --command="$1"
}

rm -rf "$OUT/dump"
mkdir "$OUT/dump"
cd "$OUT/dump"
ask "SHOW server_version" >version
ask "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname" >databases

# Whoever is no superuser may not read the roles' passwords.
export PGDATABASE=postgres
note=
pg_dumpall --no-password --globals-only --file=globals.sql || {
  echo "the roles are saved without their passwords" >&2
  pg_dumpall --no-password --globals-only --no-role-passwords --file=globals.sql
  note=" no-passwords"
}

number=0
while IFS= read -r PGDATABASE; do
  number=$((number + 1))
  pg_dump --no-password --format=custom --create --lock-wait-timeout=60s --file="$number.dump" </dev/null
  # All of it is read, as a restore would.
  pg_restore --file=/dev/null "$number.dump"
done <databases
if [ "$number" -eq 0 ]; then
  echo "the server has no database" >&2
  exit 1
fi

cd "$OUT"
tar -C dump -cf result .
rm -rf dump
sum=$(sha256sum <result)
echo "backup-result $CLAIM $(($(wc -c <result))) ${sum%% *}$note"
