import type { Toolchain } from "../toolchain";
import type { ClusterPaths } from "./names";

/** The programs of a control plane. */
export type ControlPlane = Pick<
  Toolchain,
  "kubectl" | "kwok" | "etcd" | "kubeApiserver" | "kubeControllerManager" | "kubeScheduler"
>;

/** The ports of a control plane, all on the loopback interface. */
export interface Ports {
  readonly kubeApiserver: number;
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly kwokController: number;
  readonly kubeControllerManager: number;
  readonly kubeScheduler: number;
}

/** Each runs once; after a start it would wait for the lease of the one that was stopped to end. */
const alone = { key: "leader-elect", value: "false" };

/** From the documentation range of RFC 5737, so that nothing can be reached by mistake. */
const simulatedAddress = "192.0.2.10";

/**
 * What kwokctl makes a cluster of. As soon as one stage is given kwok drops its own, so they are
 * given too.
 */
export function kwokConfiguration(
  { name }: ClusterPaths,
  programs: ControlPlane,
  ports: Ports,
): object {
  return {
    apiVersion: "config.kwok.x-k8s.io/v1alpha1",
    kind: "KwokctlConfiguration",
    metadata: { name },
    options: {
      runtime: "binary",
      bindAddress: "127.0.0.1",
      kubectlBinary: programs.kubectl,
      kwokControllerBinary: programs.kwok,
      etcdBinary: programs.etcd,
      kubeApiserverBinary: programs.kubeApiserver,
      kubeControllerManagerBinary: programs.kubeControllerManager,
      kubeSchedulerBinary: programs.kubeScheduler,
      kubeApiserverPort: ports.kubeApiserver,
      etcdPort: ports.etcd,
      etcdPeerPort: ports.etcdPeer,
      kwokControllerPort: ports.kwokController,
      kubeControllerManagerPort: ports.kubeControllerManager,
      kubeSchedulerPort: ports.kubeScheduler,
    },
    componentsPatches: [
      {
        name: "kube-controller-manager",
        extraArgs: [{ key: "enable-hostpath-provisioner", value: "true" }, alone],
      },
      { name: "kube-scheduler", extraArgs: [alone] },
    ],
  };
}

/** Gives an address to what waits for one for ever where no controller runs. */
export const addressStages: readonly object[] = [
  addressStage("ingress-address", { apiGroup: "networking.k8s.io/v1", kind: "Ingress" }, []),
  addressStage("load-balancer-address", { apiGroup: "v1", kind: "Service" }, [
    { key: ".spec.type", operator: "In", values: ["LoadBalancer"] },
  ]),
];

function addressStage(name: string, resourceRef: object, also: readonly object[]): object {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: {
      resourceRef,
      selector: {
        matchExpressions: [
          ...also,
          { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
          { key: ".status.loadBalancer.ingress", operator: "DoesNotExist" },
        ],
      },
      next: {
        patches: [
          {
            subresource: "status",
            root: "status",
            type: "merge",
            template: `loadBalancer:\n  ingress:\n  - ip: ${simulatedAddress}\n`,
          },
        ],
      },
    },
  };
}

/** Raised by whoever changes what this file or `control-plane.ts` makes a control plane of. */
export const controlPlaneVersion = 1;
