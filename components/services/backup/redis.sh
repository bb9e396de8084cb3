# A Redis server: REDIS_HOST, REDIS_PORT and, for the client, REDISCLI_AUTH. A copy of the server in this
# pod loads the archive, which proves that it can be loaded and says how many keys it has.
copy=

client() {
  redis-cli -e -h "$REDIS_HOST" -p "$REDIS_PORT" "$@"
}

# The copy has no password, and listens on a socket of this pod alone.
of_copy() {
  REDISCLI_AUTH='' redis-cli -e -s "$socket" "$@"
}

# The client would wait for ever for an address that does not answer.
reach() {
  reason="the server does not answer, or not with this password"
  answer=$(timeout 30 redis-cli -e -h "$REDIS_HOST" -p "$REDIS_PORT" ping) || answer="$answer (no answer)"
  if [ "$answer" != PONG ]; then
    echo "$answer" >&2
    return 1
  fi
}

# Starts the copy in a folder that has a dump.rdb, and waits until it has loaded it.
start_copy() {
  socket=$(mktemp -u /tmp/copy.XXXXXX)
  redis-server --port 0 --unixsocket "$socket" --unixsocketperm 700 --databases 256 --dir "$1" \
    --dbfilename dump.rdb --save '' --appendonly no --logfile "$1/copy.log" &
  copy=$!
  until [ "$(of_copy ping 2>/dev/null)" = PONG ]; do
    if ! kill -0 "$copy" 2>/dev/null; then
      tail -n 5 "$1/copy.log" >&2
      return 1
    fi
    sleep 0.2
  done
}

stop_copy() {
  of_copy shutdown nosave
  wait "$copy"
  copy=
  rm -f "$1/copy.log"
}

tidy() {
  [ -n "$copy" ] || return 0
  kill -9 "$copy" 2>/dev/null || :
  wait "$copy" 2>/dev/null || :
}

# Keys that stay, and keys with a time to live, of each database.
keys_of() {
  keyspace=$("$1" info keyspace)
  while IFS= read -r line; do
    case $line in
      db*:keys=*)
        keys=${line#*keys=}
        expiring=${line#*expires=}
        keys=${keys%%,*}
        expiring=${expiring%%,*}
        echo "${line%%:*} $((keys - expiring))"
        echo "${line%%:*}.expiring $expiring"
        ;;
    esac
  done <<KEYSPACE
$keyspace
KEYSPACE
}

# Time goes on after the copy.
may_differ() {
  case $1 in
    *.expiring) [ "$3" -le "$2" ] ;;
    *) return 1 ;;
  esac
}

dump_into() {
  reach
  reason="the server's data could not be copied"
  client --rdb "$1/dump.rdb"
  [ -s "$1/dump.rdb" ]
  reason="what the server sent cannot be loaded"
  start_copy "$1"
  keys_of of_copy >"$1/rows"
  stop_copy "$1"
}

check_archive() {
  if ! report=$(redis-check-rdb "$1/dump.rdb"); then
    echo "$report" >&2
    return 1
  fi
}

has_data() {
  reach || return 2
  keyspace=$(client info keyspace) || return 2
  case $keyspace in
    *db*:keys=*) return 0 ;;
    *) return 1 ;;
  esac
}

# The copy writes the commands that make its data, and the server carries them out. It is emptied only
# when they are there.
restore_from() {
  mkdir -p "$workspace"
  cd "$workspace"
  ln -s "$1/dump.rdb" dump.rdb
  start_copy "$workspace"
  reason="there is no room for it, and the server was not touched"
  find_room
  reason="the commands that make it could not be written, and the server was not touched"
  of_copy config set aof-use-rdb-preamble no >/dev/null
  of_copy config set appendonly yes >/dev/null
  until written; do sleep 0.2; done
  stop_copy "$workspace"
  reason="the server took over only a part, or nothing"
  client flushall sync >/dev/null
  client function flush >/dev/null
  cat appendonlydir/*.base.aof | client --pipe >&2
}

# What the copy has in memory, the server will have. As commands it takes about as much on the volume.
find_room() {
  needed=$(memory_of used_memory of_copy)
  limit=$(memory_of maxmemory client)
  if [ "$limit" -gt 0 ] && [ "$needed" -gt "$limit" ]; then
    echo "it takes $needed bytes of memory, and the server may have $limit (maxmemory)" >&2
    return 1
  fi
  free=$(room)
  if [ "$needed" -gt "$free" ]; then
    echo "about $needed bytes are needed beside the backups, and $free are free" >&2
    return 1
  fi
}

# A field of the memory of a server, in bytes.
memory_of() {
  memory=$("$2" info memory)
  memory=${memory#*"$newline$1:"}
  number=${memory%%[!0-9]*}
  echo "${number:?the server does not tell its $1}"
}

written() {
  state=$(of_copy info persistence)
  case $state in
    *aof_last_bgrewrite_status:err*) exit 1 ;;
    *aof_rewrite_in_progress:1* | *aof_rewrite_scheduled:1*) return 1 ;;
    *) return 0 ;;
  esac
}

count_rows() {
  keys_of client
}
