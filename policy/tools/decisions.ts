/**
 * Why this program does otherwise than a tool asks. Several tools ask for the same, and a decision is
 * both an answer in the table and the reason of an exception.
 */
export const decisions = {
  pullPolicy:
    "tags are fixed, so that what is on the node is what would be pulled; pulling at each start would make every start depend on the registry",
  digest:
    "a fixed tag is enough until its registry has been asked: `npm run images -- --lock` writes the digests down, and pods are pulled by them from then on",
  secretFiles:
    "the images read their credentials from variables; each is a `secretKeyRef`, so that no value is in a pod's spec",
  highUser:
    "each pod runs as the user that its image is built for and that owns the files on its volumes; none is root, and nothing of the host is mounted",
  token: "snapshots are objects of the cluster: these two jobs make and prune them",
  requestsBelowLimits:
    "limits are those of the documents, which let a workload use what others leave free",
  ephemeralStorage:
    "the root file system is read-only and each scratch volume has a size, which the kubelet keeps to",
  antiAffinity:
    "replicas are spread over zones and nodes by topology constraints, which also count while one node is all there is",
  serviceName:
    "a store has one replica and is reached by its ClusterIP; the field cannot be changed without a replacement of the StatefulSet",
  identicalProbes:
    "the server's one cheap question to itself; a startup probe gives it the time to start, and liveness waits for three failures",
  oneReplica:
    "it owns a volume, a slot or an offset that only one process may have, or keeps nothing that anybody waits for",
  recreate: "it owns a volume, a slot or an identity that two pods must not have at once",
  solver: "its pods are cert-manager's, which are there only while a certificate is asked for",
  jobTtl: "a finished Job that Kubernetes removes is made, and run, again by the next update",
  priorityClass: "which classes there are is the cluster's matter, and no source asks for one",
  instanceLabel:
    "`app.kubernetes.io/instance` says which system of its kind an object belongs to; a workload's own name is `app.kubernetes.io/name`",
} as const;
