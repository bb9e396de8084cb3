# Puts a backup into its store: the one of AT, or the newest. A store with data is left alone unless
# OVERWRITE is yes, and nothing is touched before the checksums hold.
# Ends with 3: there is data; 4: there is no such backup; 5: other rows than in the backup.
set -eu
umask 077
export LC_ALL=C
folder=${0%/*}
# A kind of store whose counts may change while nobody writes replaces this: NAME EXPECTED FOUND.
may_differ() { return 1; }
# A kind of store that leaves something running replaces this.
tidy() { :; }
. "$folder/supervise.sh"
. "$folder/target.sh"
. "$folder/store.sh"

newline='
'
reason="the backups cannot be listed"
# What is said before it once the store has the backup.
outcome=

ended() {
  code=$?
  trap - EXIT
  tidy || :
  cd /
  rm -rf "$workspace" || echo "its work space could not be removed" >&2
  if [ "$code" -ne 0 ]; then
    # What it waited for may have been told before it was.
    if [ "$code" -eq 143 ]; then reason="it was told to end"; fi
    echo "restore of $STORE failed: $outcome$reason" >&2
  fi
  exit "$code"
}

# How much room there is beside the backups, in bytes.
room() {
  df -Pk "$BACKUPS" | tail -n 1 | {
    read -r _ _ _ free _
    echo "$((free * 1024))"
  }
}

# Compares the lines NAME COUNT of two texts and prints what it finds.
compare() {
  expected=$newline$1$newline
  found=$newline$2$newline
  different=0
  while read -r name count; do
    [ -n "$name" ] || continue
    case $found in
      *"$newline$name "*)
        other=${found#*"$newline$name "}
        other=${other%%"$newline"*}
        ;;
      *) other=0 ;;
    esac
    echo "ROWS $name $count $other"
    if [ "$count" != "$other" ] && ! may_differ "$name" "$count" "$other"; then different=1; fi
  done <<EXPECTED
$1
EXPECTED
  while read -r name count; do
    [ -n "$name" ] || continue
    case $expected in
      *"$newline$name "*) ;;
      *)
        echo "ROWS $name 0 $count"
        if [ "$count" != 0 ]; then different=1; fi
        ;;
    esac
  done <<FOUND
$2
FOUND
  return "$different"
}

choose() {
  all=$(complete)
  at=${AT:-${all##*"$newline"}}
  case $newline$all$newline in
    *"$newline$newline"*)
      reason="there is no backup"
      exit 4
      ;;
    *"$newline$at$newline"*) ;;
    *)
      reason="there is no backup of $at; there are: $(echo $all)"
      exit 4
      ;;
  esac
}

ask_leave() {
  reason="the store does not say whether it has data"
  code=0
  has_data || code=$?
  case $code in
    0)
      reason="it has data, and OVERWRITE is not yes"
      [ "${OVERWRITE:-}" = yes ] || exit 3
      ;;
    1) ;;
    *) exit 1 ;;
  esac
}

restore() {
  trap ended EXIT
  trap 'reason="it was told to end"; exit 143' TERM INT HUP
  choose
  ask_leave
  rm -rf "$workspace"
  reason="the backup of $at has changed or cannot be read: its checksums do not hold"
  dir=$(fetch "$at")
  reason="the backup of $at cannot be read"
  check_archive "$dir"
  rows=$(cat "$dir/rows")
  totals=$(cat "$dir/totals")
  reason="it could not be put into the store"
  restore_from "$dir"
  # Nothing is written from here on: what is done is reported as done, although a volume be full.
  outcome="the backup of $at is in the store, but "
  reason="its rows could not be counted"
  counted=$(count_rows "$dir")
  reason="the store has other rows than it"
  compare "$rows" "$counted" || exit 5
  echo "RESTORED {\"store\":\"$STORE\",\"at\":\"$at\",\"rows\":${totals#* }}"
}

supervise restore
