# Backups on a claim: one folder for each, unfinished ones under another name.
: "${BACKUPS:=/backups}"
workspace=$BACKUPS/.restoring

# What an earlier run could not remove, because it was killed, goes first: it may fill the volume.
begin() {
  rm -rf "$BACKUPS"/.unfinished-*
  if [ -e "$BACKUPS/$1" ]; then
    echo "there is a backup of $1 already" >&2
    return 1
  fi
  mkdir "$BACKUPS/.unfinished-$1"
  echo "$BACKUPS/.unfinished-$1"
}

abandon() {
  rm -rf "$BACKUPS/.unfinished-$1"
}

# The files are on the volume before the name says so.
commit() {
  sync -f "$1"
  mv "$1" "$BACKUPS/$2"
  sync -f "$BACKUPS/$2"
}

complete() {
  for one in "$BACKUPS"/[0-9]*T[0-9]*Z; do
    if [ -f "$one/SHA256SUMS" ]; then echo "${one##*/}"; fi
  done
}

# The folder of the newest one whose checksums still hold, to take unchanged files from.
previous() {
  newest=$(complete | tail -n 1)
  if [ -z "$newest" ]; then return; fi
  if ! fetch "$newest"; then echo "the backup of $newest has changed: nothing is taken from it" >&2; fi
}

fetch() {
  (cd "$BACKUPS/$1" && sha256sum -c SHA256SUMS >/dev/null) || return 1
  echo "$BACKUPS/$1"
}

# It is incomplete at once, also when the removal is cut short.
discard() {
  mv "$BACKUPS/$1" "$BACKUPS/.unfinished-$1"
  rm -rf "$BACKUPS/.unfinished-$1"
}

sizes() {
  cat "$BACKUPS/$1/totals"
}
