import type { Kubectl } from "../cluster";

/** What the commands read of a Kubernetes object that runs. */
export interface LiveObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager?: string }[];
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly spec?: {
    readonly replicas?: number;
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string };
  };
}

/** With its owner an object goes too. */
export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * The objects of these kinds (`deployments.apps`) in a namespace; none where there is no such
 * namespace. With the names of those who wrote their fields, by which a GitOps controller is known.
 */
export async function liveObjects(
  kubectl: Kubectl,
  namespace: string,
  kinds: readonly string[],
): Promise<readonly LiveObject[]> {
  const args = ["get", kinds.join(), "--namespace", namespace, "--show-managed-fields"];
  const text = await kubectl([...args, "--output", "json"]);
  return (JSON.parse(text) as { items: readonly LiveObject[] }).items;
}
