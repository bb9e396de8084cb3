# The objects of a bucket, with MinIO's client MC. MC_HOST_store is the store's address with the access
# key of BUCKET. Keys and contents are copied; versions, tags and media types are not.
: "${MC:=mc}"
export MC_CONFIG_DIR="${MC_CONFIG_DIR:-/tmp/mc}"
bucket=store/$BUCKET

# An object that has not changed is a hard link to the last copy. The client writes a changed one beside
# it and renames it, and takes it as changed if it has another size or is newer than the file. So that
# neither a difference of the clocks nor a change during the copy is missed, files are made to look an
# hour older than the copy.
dump_into() {
  hour_ago=$(($(date +%s) - 3600))
  last=$(previous)
  if [ -z "$last" ] || ! cp -al "$last/objects" "$1/objects"; then
    rm -rf "$1/objects"
    mkdir "$1/objects"
  fi
  before=$(count_rows)
  "$MC" --quiet mirror --overwrite --remove "$bucket" "$1/objects" >/dev/null
  after=$(count_rows)
  each_file "$1/objects" date_back
  {
    echo "objects $(each_file "$1/objects" number_of | sum_first)"
    echo "(bytes) $(each_file "$1/objects" bytes_of | sum_first)"
  } >"$1/rows"
  # While others write, the copy need not be as large as either.
  copied=$(cat "$1/rows")
  if [ "$before" = "$after" ] && [ "$copied" != "$after" ]; then
    echo "the bucket has" $after "but the copy has" $copied >&2
    return 1
  fi
}

date_back() {
  touch -d "@$hour_ago" "$@"
}

number_of() {
  echo $#
}

# The checksums of the files are all that there is to check.
check_archive() {
  [ -d "$1/objects" ]
}

# The first name is enough: to count all of them may take hours. A failure is the line after the names.
has_data() {
  first=$({ timeout 60 "$MC" --json ls "$bucket/" || echo "no answer" 2>/dev/null; } | head -n 1)
  case $first in
    "") return 1 ;;
    *'"status":"success"'*) return 0 ;;
    *)
      echo "$BUCKET cannot be listed: $first" >&2
      return 2
      ;;
  esac
}

# Objects of the same size that were changed since are newer than their copies, which the client would
# not send again: all are sent, and then what is not in the copy is removed.
restore_from() {
  case $(cat "$1/rows") in
    "objects 0"*) ;;
    *) "$MC" --quiet cp --recursive "$1/objects/" "$bucket/" >/dev/null ;;
  esac
  "$MC" --quiet mirror --overwrite --remove "$1/objects" "$bucket" >/dev/null
}

count_rows() {
  usage=$(timeout 600 "$MC" --json du "$bucket/") || {
    echo "$BUCKET cannot be listed: $usage" >&2
    return 1
  }
  number=${usage#*'"objects":'}
  size=${usage#*'"size":'}
  echo "objects ${number%%,*}"
  echo "(bytes) ${size%%,*}"
}
