import type { Kind, KubernetesObject } from "../kubernetes";

/** What a pod uses now, as the metrics API says it. */
export interface PodMetrics extends KubernetesObject {
  readonly containers: readonly {
    readonly name: string;
    readonly usage: { readonly cpu?: string; readonly memory?: string };
  }[];
}

/** The client library has no type of it: another server than the API server answers. */
export const podMetrics: Kind<PodMetrics> = {
  apiVersion: "metrics.k8s.io/v1beta1",
  kind: "PodMetrics",
};
