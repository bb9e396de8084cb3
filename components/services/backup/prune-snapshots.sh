# Removes the snapshots of each store that are older than its days. The newest one that is ready stays,
# however old it is, because it may be the only one that anything can be restored from.
# KEEP is a list such as "postgres=30 minio=7".
set -eu

api="volumesnapshots.snapshot.storage.k8s.io"

ask() {
  kubectl --namespace "$NAMESPACE" --request-timeout=30s "$@"
}

# 2026-11-21T02:00:00Z as 20261121020000, which can be compared.
number() {
  printf %s "$1" | tr -dc 0-9
}

snapshots=$(mktemp)
for entry in $KEEP; do
  store=${entry%%=*}
  days=${entry#*=}
  limit=$(date -u -d "@$(($(date +%s) - days * 86400))" +%Y%m%d%H%M%S)
  # Oldest first. What ends here is not a list that is empty because nobody answered: set -e sees to it.
  ask get "$api" --selector "backup.platform/store=$store" \
    --sort-by '{.metadata.creationTimestamp}' \
    --output 'jsonpath={range .items[*]}{.metadata.name} {.metadata.creationTimestamp} {.status.readyToUse}{"\n"}{end}' \
    >"$snapshots"
  newest=
  while read -r name _ ready; do
    if [ "$ready" = true ]; then newest=$name; fi
  done <"$snapshots"
  removed=0
  kept=0
  while read -r name made _; do
    if [ "$name" != "$newest" ] && [ "$(number "$made")" -lt "$limit" ]; then
      ask delete "$api" "$name" --wait=false
      removed=$((removed + 1))
    else
      kept=$((kept + 1))
    fi
  done <"$snapshots"
  echo "PRUNED {\"store\":\"$store\",\"removed\":$removed,\"kept\":$kept}"
done
