# Lists the complete backups of a store, oldest first.
set -eu
export LC_ALL=C
folder=${0%/*}
. "$folder/target.sh"

names=$(complete)
number=0
for at in $names; do
  totals=$(sizes "$at")
  number=$((number + 1))
  echo "BACKUP {\"store\":\"$STORE\",\"at\":\"$at\",\"bytes\":${totals% *},\"rows\":${totals#* }}"
done
echo "BACKUPS $number"
