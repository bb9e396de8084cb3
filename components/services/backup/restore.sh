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
. "$folder/target.sh"
. "$folder/store.sh"

newline='
'
reason="the backups cannot be listed"

ended() {
  code=$?
  trap - EXIT
  tidy
  cd /
  rm -rf "$workspace"
  [ "$code" -eq 0 ] || echo "restore of $STORE failed: $reason" >&2
  exit "$code"
}
trap ended EXIT
trap 'reason="it was told to end"; exit 143' TERM INT HUP

# Compares the lines NAME COUNT of two files and prints what it finds.
compare() {
  expected=$newline$(cat "$1")$newline
  found=$newline$(cat "$2")$newline
  different=0
  while read -r name count; do
    case $found in
      *"$newline$name "*)
        other=${found#*"$newline$name "}
        other=${other%%"$newline"*}
        ;;
      *) other=0 ;;
    esac
    echo "ROWS $name $count $other"
    if [ "$count" != "$other" ] && ! may_differ "$name" "$count" "$other"; then different=1; fi
  done <"$1"
  while read -r name count; do
    case $expected in
      *"$newline$name "*) ;;
      *)
        echo "ROWS $name 0 $count"
        if [ "$count" != 0 ]; then different=1; fi
        ;;
    esac
  done <"$2"
  return "$different"
}

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

rm -rf "$workspace"
mkdir "$workspace"
cd "$workspace"
reason="the backup of $at has changed or cannot be read: its checksums do not hold"
dir=$(fetch "$at")
reason="the backup of $at cannot be read"
check_archive "$dir"
reason="it could not be put into the store"
restore_from "$dir"
reason="its rows could not be counted"
count_rows "$dir" >found
reason="the store has other rows than the backup of $at"
compare "$dir/rows" found || exit 5
totals=$(cat "$dir/totals")
echo "RESTORED {\"store\":\"$STORE\",\"at\":\"$at\",\"rows\":${totals#* }}"
