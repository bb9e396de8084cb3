# Makes one backup of a store. It counts only once all of it was read back and its checksums hold; then
# those that are too old go. STORE names it, KEEP_DAYS says how many whole days are too old.
set -eu
umask 077
export LC_ALL=C
folder=${0%/*}
# A kind of store that leaves something running replaces this.
tidy() { :; }
. "$folder/target.sh"
. "$folder/store.sh"

at=$(date -u +%Y%m%dT%H%M%SZ)
oldest=$(date -u -d "@$(($(date +%s) - KEEP_DAYS * 86400))" +%Y%m%d%H%M%S)
names=$(mktemp)
# What is said when the next step fails; the program that failed says more before it.
reason="there is no place for it"

ended() {
  code=$?
  trap - EXIT
  tidy
  rm -f "$names" "$names.sums"
  [ "$code" -ne 0 ] || exit 0
  abandon "$at" || echo "what is unfinished could not be removed" >&2
  echo "backup of $STORE failed: $reason" >&2
  exit "$code"
}
trap ended EXIT
trap 'reason="it was told to end"; exit 143' TERM INT HUP

# Calls a command with the files under a folder, a hundred at a time: not every image has find.
each_file() {
  du -a "$1" >"$names"
  cut -f 2- "$names" | sort | in_hundreds "$2"
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
each_file . sha256sum >"$names.sums"
mv "$names.sums" SHA256SUMS
reason="the checksums do not hold"
sha256sum -c SHA256SUMS >/dev/null

reason="what is complete could not be stored"
cd /
commit "$dir" "$at"

reason="it is made, but older ones could not be removed"
complete >"$names"
newest=$(tail -n 1 "$names")
while read -r one; do
  digits=${one%Z}
  if [ "$one" = "$newest" ] || [ "$one" = "$at" ]; then continue; fi
  if [ "${digits%T*}${digits#*T}" -lt "$oldest" ]; then discard "$one"; fi
done <"$names"
echo "BACKUP {\"store\":\"$STORE\",\"at\":\"$at\",\"bytes\":$bytes,\"rows\":$rows}"
