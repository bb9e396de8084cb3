# Runs a function in a shell of its own and ends as that does. A shell hears that it is told to end only
# when the program that it waits for has ended, which may take hours; this one waits for nothing else,
# and tells all of them.
supervise() {
  ("$@") &
  worker=$!
  trap end_all TERM INT HUP
  code=0
  wait "$worker" || code=$?
  # A wait is cut short by a signal.
  while kill -0 "$worker" 2>/dev/null; do
    code=0
    wait "$worker" || code=$?
  done
  exit "$code"
}

# They are halted while they are looked for, so that none of them starts another one meanwhile. The
# worker cleans up when what it waits for has ended.
end_all() {
  trap '' TERM INT HUP
  halted=
  found=$worker
  while [ -n "$found" ]; do
    kill -STOP $found 2>/dev/null || :
    halted="$halted $found"
    started=
    for one in $found; do started="$started $(children_of "$one")"; done
    found=$(echo $started)
  done
  kill -TERM $halted 2>/dev/null || :
  kill -CONT $halted 2>/dev/null || :
}

# Not every image has a program for it.
children_of() {
  for file in /proc/[0-9]*/stat; do
    { read -r line <"$file"; } 2>/dev/null || continue
    # The name, in brackets, may have anything in it.
    line=${line##*) }
    line=${line#* }
    if [ "${line%% *}" = "$1" ]; then
      file=${file#/proc/}
      echo "${file%/stat}"
    fi
  done
}
