# Backups in a bucket that somebody else runs: BACKUPS is work space of this pod. What has no SHA256SUMS
# is unfinished. MC is MinIO's client, MC_HOST_target the bucket's address with its keys.
: "${BACKUPS:=/backups}"
: "${MC:=mc}"
export MC_CONFIG_DIR="${MC_CONFIG_DIR:-/tmp/mc}"
workspace=$BACKUPS/.restoring
place=target/$TARGET_BUCKET/${TARGET_PREFIX:+$TARGET_PREFIX/}$STORE

# The names of all of them, complete or not. A place that does not answer within a minute is absent.
folders() {
  listing=$(timeout 60 "$MC" --json ls "$place/") || {
    echo "$TARGET_BUCKET cannot be listed: $listing" >&2
    return 1
  }
  while IFS= read -r line; do
    key=${line#*'"key":"'}
    key=${key%%'"'*}
    case $key in
      [0-9]*T[0-9]*Z/) echo "${key%/}" ;;
    esac
  done <<LISTING
$listing
LISTING
}

# What the bucket says of the file that makes one complete: nothing while it is not there.
checksums_of() {
  timeout 60 "$MC" --json ls "$place/$1/SHA256SUMS"
}

# A bucket is not full as a volume is, and to see whether the checksums hold, all of a backup would have
# to be fetched: those that are too old go after a new one alone.
make_room() {
  all=$(folders)
  for one in $all; do
    sums=$(checksums_of "$one")
    if [ -z "$sums" ]; then remove "$one"; fi
  done
  rm -rf "$BACKUPS"/.unfinished-* "$workspace"
}

begin() {
  all=$(folders)
  for one in $all; do
    if [ "$one" = "$1" ]; then
      echo "there is a backup of $1 already" >&2
      return 1
    fi
  done
  mkdir "$BACKUPS/.unfinished-$1"
  echo "$BACKUPS/.unfinished-$1"
}

abandon() {
  rm -rf "$BACKUPS/.unfinished-$1" "$BACKUPS/.unfinished-$1".*
  sums=$(checksums_of "$1") || return 1
  if [ -z "$sums" ]; then remove "$1"; fi
}

# Number and size of what has arrived are compared before the last file makes it complete.
commit() {
  mv "$1/SHA256SUMS" "$1.sums"
  "$MC" --quiet mirror "$1" "$place/$2" >/dev/null
  usage=$("$MC" --json du "$place/$2/")
  size=${usage#*'"size":'}
  number=${usage#*'"objects":'}
  sent=$(cat "$1/totals")
  sent=$((${sent% *} + $(wc -c <"$1/totals")))
  files=$(wc -l <"$1.sums")
  if [ "${size%%,*}" -ne "$sent" ] || [ "${number%%,*}" -ne "$files" ]; then
    echo "$files files of $sent bytes were sent, and the bucket has $usage" >&2
    return 1
  fi
  "$MC" --quiet cp "$1.sums" "$place/$2/SHA256SUMS" >/dev/null
  rm -rf "$1" "$1.sums"
}

complete() {
  all=$(folders) || return 1
  for one in $all; do
    sums=$(checksums_of "$one") || return 1
    if [ -n "$sums" ]; then echo "$one"; fi
  done
}

# There is no folder here to take unchanged files from.
previous() { :; }

fetch() {
  mkdir -p "$workspace"
  "$MC" --quiet mirror "$place/$1" "$workspace/$1" >/dev/null || return 1
  (cd "$workspace/$1" && sha256sum -c SHA256SUMS >/dev/null) || return 1
  echo "$workspace/$1"
}

discard() {
  "$MC" --quiet rm "$place/$1/SHA256SUMS" >/dev/null
  remove "$1"
}

remove() {
  "$MC" --quiet rm --recursive --force "$place/$1/" >/dev/null
}

sizes() {
  "$MC" cat "$place/$1/totals"
}
