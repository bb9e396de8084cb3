# Makes one backup of a store. It counts only once all of it was read back and its checksums hold.
# Before it and after it those that are too old go. STORE names it, KEEP_DAYS says how many whole days
# are too old.
set -eu
umask 077
export LC_ALL=C
folder=${0%/*}
# A kind of store that leaves something running replaces this.
tidy() { :; }
. "$folder/supervise.sh"
. "$folder/target.sh"
. "$folder/store.sh"

at=$(date -u +%Y%m%dT%H%M%SZ)
oldest=$(date -u -d "@$(($(date +%s) - KEEP_DAYS * 86400))" +%Y%m%d%H%M%S)
# What is said when the next step fails; the program that failed says more before it.
reason="there is no place for it"

ended() {
  code=$?
  trap - EXIT
  tidy || :
  if [ "$code" -ne 0 ]; then
    abandon "$at" || echo "what is unfinished could not be removed" >&2
    # What it waited for may have been told before it was.
    if [ "$code" -eq 143 ]; then reason="it was told to end"; fi
    echo "backup of $STORE failed: $reason" >&2
  fi
  exit "$code"
}

# Calls a command with the files under a folder, a hundred at a time: not every image has find. Their
# names have room beside the backup, as /tmp has not.
each_file() {
  du -a "$1" >"$dir.names"
  cut -f 2- "$dir.names" | TMPDIR=$dir sort | in_hundreds "$2"
  rm "$dir.names"
}

in_hundreds() {
  command=$1
  set --
  while IFS= read -r file; do
    if [ -d "$file" ] && [ ! -L "$file" ]; then continue; fi
    set -- "$@" "$file"
    if [ $# -eq 100 ]; then
      "$command" "$@"
      set --
    fi
  done
  if [ $# -gt 0 ]; then "$command" "$@"; fi
}

# The bytes of some files, with wc's total as the last line of several.
bytes_of() {
  wc -c "$@" | tail -n 1
}

sum_first() {
  sum=0
  while read -r number _; do sum=$((sum + number)); done
  echo "$sum"
}

# A name in brackets is another measure than rows.
sum_last() {
  sum=0
  while read -r name number; do
    case $name in
      "("*) ;;
      *) sum=$((sum + number)) ;;
    esac
  done
  echo "$sum"
}

# Removes those that are too old, but never the newest one, nor the one that is named.
prune() {
  all=$(complete)
  newest=
  for one in $all; do newest=$one; done
  for one in $all; do
    digits=${one%Z}
    if [ "$one" = "$newest" ] || [ "$one" = "$1" ]; then continue; fi
    if [ "${digits%T*}${digits#*T}" -lt "$oldest" ]; then discard "$one"; fi
  done
}

take() {
  trap ended EXIT
  trap 'reason="it was told to end"; exit 143' TERM INT HUP
  make_room
  dir=$(begin "$at")
  cd "$dir"
  reason="the store could not be read, or the copy not be written"
  dump_into "$dir"
  reason="what was written cannot be read back"
  check_archive "$dir"

  reason="the checksums could not be made"
  bytes=$(each_file . bytes_of | sum_first)
  rows=$(sum_last <rows)
  echo "$bytes $rows" >totals
  each_file . sha256sum >"$dir.sums"
  mv "$dir.sums" SHA256SUMS
  reason="the checksums do not hold"
  sha256sum -c SHA256SUMS >/dev/null

  reason="what is complete could not be stored"
  cd /
  commit "$dir" "$at"

  reason="it is made, but older ones could not be removed"
  prune "$at"
  echo "BACKUP {\"store\":\"$STORE\",\"at\":\"$at\",\"bytes\":$bytes,\"rows\":$rows}"
}

supervise take
