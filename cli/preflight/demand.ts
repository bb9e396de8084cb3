import { amount, type Amounts, sum, times } from "./amounts";
import type { LiveObject } from "./cluster";
import {
  nameOf,
  ofKind,
  podAmounts,
  type PodSpec,
  type StackObject,
  steadyReplicas,
  templateOf,
} from "./objects";

/** A pod of the cluster, as far as its room goes. */
export interface LivePod extends LiveObject {
  readonly spec: PodSpec & { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
}

/** A claim of the cluster. */
export interface LiveClaim extends LiveObject {
  readonly spec: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
}

const podName = "app.kubernetes.io/name";

/** What the workloads of a namespace hold all the time, and its claims: no surge, and nothing that ends. */
export function steadyDemand(objects: readonly StackObject[]): Amounts {
  const pods = objects.flatMap((object) => {
    const template = templateOf(object);
    if (template === undefined) return [];
    return [times(podAmounts(template.spec), steadyReplicas(object, objects))];
  });
  return sum([...pods, ...ofKind(objects, "PersistentVolumeClaim").map(claimAmounts)]);
}

/** What pods and claims of others hold in a namespace of the stack. */
export function othersUse(
  pods: readonly LivePod[],
  claims: readonly LiveClaim[],
  objects: readonly StackObject[],
): Amounts {
  const ourPods = new Set(
    objects.flatMap((object) => templateOf(object)?.metadata?.labels?.[podName] ?? []),
  );
  const ourClaims = new Set(
    ofKind(objects, "PersistentVolumeClaim").map(({ metadata }) => metadata.name),
  );
  return sum([
    ...pods
      .filter(holdsRoom)
      .filter(({ metadata }) => !ourPods.has(metadata.labels?.[podName] ?? ""))
      .map(({ spec }) => podAmounts(spec)),
    ...claims.filter(({ metadata }) => !ourClaims.has(metadata.name)).map(claimAmounts),
  ]);
}

/** A pod that has ended holds nothing any more. */
export function holdsRoom({ status }: LivePod): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

/** The pods of the stack, each once, with the name of what makes them. */
export function podKinds(
  objects: readonly StackObject[],
): readonly { readonly name: string; readonly pod: PodSpec }[] {
  return objects.flatMap((object) => {
    const pod = templateOf(object)?.spec;
    return pod === undefined ? [] : [{ name: nameOf(object), pod }];
  });
}

function claimAmounts({ spec }: { readonly spec?: unknown }): Amounts {
  const claim = spec as LiveClaim["spec"] | undefined;
  const storage = claim?.resources?.requests?.storage;
  return {
    persistentvolumeclaims: 1,
    ...(storage === undefined ? {} : { "requests.storage": amount(storage) }),
  };
}
