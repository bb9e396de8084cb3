# Backups on a claim: one folder for each, unfinished ones under another name.
: "${BACKUPS:=/backups}"
workspace=$BACKUPS/.restoring

# Whose checksums hold, as this run has seen.
sound=

# What earlier runs could not remove, because they were killed, goes first. Then, because a volume that
# is full would have no new backup for ever, those that are too old, as long as a good one stays.
make_room() {
  rm -rf "$BACKUPS"/.unfinished-* "$workspace"
  sound=$(newest_sound)
  if [ -n "$sound" ]; then prune "$sound"; fi
}

newest_sound() {
  for one in $(complete | sort -r); do
    if fetch "$one" >/dev/null; then
      echo "$one"
      return
    fi
    echo "the backup of $one has changed: nothing is taken from it" >&2
  done
}

begin() {
  if [ -e "$BACKUPS/$1" ]; then
    echo "there is a backup of $1 already" >&2
    return 1
  fi
  mkdir "$BACKUPS/.unfinished-$1"
  echo "$BACKUPS/.unfinished-$1"
}

abandon() {
  rm -rf "$BACKUPS/.unfinished-$1" "$BACKUPS/.unfinished-$1".*
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

# The folder of a good one, to take unchanged files from.
previous() {
  if [ -n "$sound" ]; then echo "$BACKUPS/$sound"; fi
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
