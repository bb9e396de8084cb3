# Keeps a result until it has been fetched.
trap 'exit 0' TERM
until [ -e "$OUT/fetched" ]; do sleep 1; done
