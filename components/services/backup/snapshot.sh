# Makes one snapshot of the store's volume and waits until it can be used. A run that is tried again
# goes on with the snapshot that an earlier try made: both have the name of their Job.
set -eu

api="volumesnapshots.snapshot.storage.k8s.io"

fail() {
  echo "snapshot of $STORE failed: $1" >&2
  exit 1
}

ask() {
  kubectl --namespace "$NAMESPACE" --request-timeout=30s "$@"
}

status() {
  ask get "$api" "$SNAPSHOT" --ignore-not-found --output "jsonpath=$1"
}

manifest() {
  cat <<END
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshot
metadata:
  name: $SNAPSHOT
  labels:
    app.kubernetes.io/name: $STORE-snapshot
    backup.platform/store: $STORE
spec:
${SNAPSHOT_CLASS:+  volumeSnapshotClassName: $SNAPSHOT_CLASS
}  source:
    persistentVolumeClaimName: $CLAIM
END
}

# The answer is a file's, because a substitution would hide that nobody answered.
found=$(mktemp)
status '{.metadata.name}' >"$found" || fail "the API server does not answer"
if [ ! -s "$found" ]; then
  manifest | ask create --filename - || fail "it could not be made"
fi

end=$(($(date +%s) + WAIT_SECONDS))
until [ "$(status '{.status.readyToUse}')" = true ]; do
  if [ "$(date +%s)" -ge "$end" ]; then
    fail "$SNAPSHOT is not ready after $WAIT_SECONDS s: $(status '{.status.error.message}')"
  fi
  sleep 2
done
echo "SNAPSHOT {\"store\":\"$STORE\",\"name\":\"$SNAPSHOT\"}"
