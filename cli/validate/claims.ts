import {
  kinds,
  nameOf,
  type PersistentVolumeClaim,
  type Pod,
  type StorageClass,
} from "../kubernetes";
import { amount } from "../preflight/amounts";
import { failed, type Finding, passed, warning } from "../preflight/model";
import { open, type ValidationContext } from "./model";
import { counterpart, declaredOf, inNamespace } from "./objects";

/** Whether each claim has its volume, in the size that is declared. */
export async function claims({
  declared,
  live,
  api,
  again,
}: ValidationContext): Promise<readonly Finding[]> {
  const [found, pods, classes] = await Promise.all([
    live.list(kinds.persistentVolumeClaims),
    live.list(kinds.pods),
    // Classes are the whole cluster's: who may not read them is told less of a claim that waits.
    api.list(kinds.storageClasses).catch((): readonly StorageClass[] => []),
  ]);
  return declaredOf(declared, kinds.persistentVolumeClaims).map((claim) =>
    claimFinding(claim, counterpart(found, claim), { pods, classes, again }),
  );
}

interface Around {
  readonly pods: readonly Pod[];
  readonly classes: readonly StorageClass[];
  readonly again: string;
}

/** What is seen of one claim. */
export function claimFinding(
  declared: PersistentVolumeClaim,
  live: PersistentVolumeClaim | undefined,
  { pods, classes, again }: Around,
): Finding {
  const subject = nameOf(declared);
  if (live === undefined) return failed(subject, "not on the cluster", again);
  const { phase = "Pending", capacity = {} } = live.status ?? {};
  const look = `kubectl ${inNamespace(live)} describe persistentvolumeclaim ${live.metadata.name}`;
  if (phase !== "Bound") {
    return phase === "Pending" && waitsForPod(live, pods, classes)
      ? open(
          subject,
          "not bound: its class waits for the first pod that mounts it, and there has been none",
          "Nothing, until a job or workload mounts it.",
        )
      : failed(subject, `it is ${phase}`, look);
  }
  const wanted = declared.spec?.resources?.requests?.storage ?? "";
  const has = capacity.storage ?? "";
  return amount(has) < amount(wanted)
    ? warning(subject, `bound, with ${has} of the ${wanted} that are declared`, look)
    : passed(subject, `bound to ${live.spec?.volumeName ?? "a volume"}, ${has}`);
}

function waitsForPod(
  { metadata, spec }: PersistentVolumeClaim,
  pods: readonly Pod[],
  classes: readonly StorageClass[],
): boolean {
  const storageClass = classes.find((it) => it.metadata.name === spec?.storageClassName);
  const isMounted = pods.some(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      pod.spec?.volumes?.some(
        ({ persistentVolumeClaim: claim }) => claim?.claimName === metadata.name,
      ),
  );
  return storageClass?.volumeBindingMode === "WaitForFirstConsumer" && !isMounted;
}
