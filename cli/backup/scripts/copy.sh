# Packs the files of SOURCE into OUT/result, and says how long that is and what its checksum is. Nothing
# is written to SOURCE. CLAIM names it.
set -eu
umask 077
export LC_ALL=C

# The folder lost+found of a file system is root's alone, and has no data. Not every tar can leave one out.
cd "$SOURCE"
set -- .
if [ -e lost+found ]; then
  set --
  for one in ./* ./.[!.]* ./..?*; do
    if [ "$one" = ./lost+found ]; then continue; fi
    if [ -e "$one" ] || [ -L "$one" ]; then set -- "$@" "$one"; fi
  done
fi
# Not every tar makes one of nothing.
if [ $# -eq 0 ]; then
  mkdir "$OUT/empty"
  set -- -C "$OUT/empty" .
fi

pack() {
  code=0
  tar -cf - "$@" || code=$?
  echo "$code" >"$OUT/code"
}

pack "$@" | gzip >"$OUT/result"
code=$(cat "$OUT/code")
note=
# With GNU's it means that files have changed meanwhile, with others that something could not be read.
if [ "$code" = 1 ] && tar --version 2>/dev/null | grep -q GNU; then
  note=" changed"
elif [ "$code" != 0 ]; then
  echo "tar has ended with $code: not all files could be read" >&2
  exit 1
fi

gzip -dc "$OUT/result" | tar -tf - >"$OUT/names"
if [ ! -s "$OUT/names" ]; then
  echo "what was packed cannot be read back" >&2
  exit 1
fi
rm "$OUT/names" "$OUT/code"
sum=$(sha256sum <"$OUT/result")
echo "backup-result $CLAIM $(($(wc -c <"$OUT/result"))) ${sum%% *}$note"
