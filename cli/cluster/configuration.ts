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

/**
 * How a pod is made to fail, for tests: by this label, whose value is the reason that its containers
 * wait for. A pod without it starts as every simulated pod does.
 */
export const failureMarks = {
  /** A label: `ImagePullBackOff`, `CrashLoopBackOff`. */
  reason: "embedded.platform/fails",
  /** An annotation: the words beside the reason. */
  message: "embedded.platform/fails-message",
  /** An annotation: how often its containers were started again. */
  restarts: "embedded.platform/fails-restarts",
  /** Annotations: why a container ended the last time, `OOMKilled`, and with which code. */
  last: "embedded.platform/fails-last",
  exitCode: "embedded.platform/fails-exit-code",
} as const;

/** Of these reasons no container has ever started, so that the pod is pending for ever. */
const neverStarted = [
  "CreateContainerConfigError",
  "CreateContainerError",
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
];

/**
 * Holds a marked pod in its failure. Its times and its address are those that the pod has: a status
 * that is there already is not written again, so that a stage which always matches is at rest.
 */
const podFailsTemplate = `
{{ $annotations := or .metadata.annotations dict }}
{{ $time := .metadata.creationTimestamp }}
{{ $reason := index .metadata.labels "${failureMarks.reason}" }}
{{ $message := or ( index $annotations "${failureMarks.message}" ) "simulated" }}
{{ $waits := eq $reason ${neverStarted.map((it) => JSON.stringify(it)).join(" ")} }}
conditions:
- lastTransitionTime: {{ $time | Quote }}
  status: "True"
  type: Initialized
{{ range ( list "Ready" "ContainersReady" ) }}
- lastTransitionTime: {{ $time | Quote }}
  status: "False"
  reason: ContainersNotReady
  message: "containers with unready status"
  type: {{ . }}
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- image: {{ .image | Quote }}
  imageID: ""
  name: {{ .name | Quote }}
  ready: false
  started: false
  restartCount: {{ if $waits }}0{{ else }}{{ or ( index $annotations "${failureMarks.restarts}" ) "7" }}{{ end }}
  state:
    waiting:
      reason: {{ $reason | Quote }}
      message: {{ $message | Quote }}
  {{ if not $waits }}
  lastState:
    terminated:
      exitCode: {{ or ( index $annotations "${failureMarks.exitCode}" ) "1" }}
      reason: {{ or ( index $annotations "${failureMarks.last}" ) "Error" | Quote }}
      startedAt: {{ $time | Quote }}
      finishedAt: {{ $time | Quote }}
  {{ end }}
{{ end }}
podIP: {{ or .status.podIP ( PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) .metadata.uid .metadata.name .metadata.namespace ) | Quote }}
phase: {{ if $waits }}Pending{{ else }}Running{{ end }}
startTime: {{ $time | Quote }}
`;

/** Pods that fail as those of a cluster in trouble do. */
export const failureStages: readonly object[] = [
  {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name: "pod-fails" },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Pod" },
      selector: {
        matchExpressions: [
          { key: `.metadata.labels["${failureMarks.reason}"]`, operator: "Exists" },
          { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
        ],
      },
      // kwok's own stages have none, so that wherever both match this one alone counts.
      weight: 1,
      next: { statusTemplate: podFailsTemplate.trim() },
    },
  },
];

/** Raised by whoever changes what this file or `control-plane.ts` makes a control plane of. */
export const controlPlaneVersion = 2;
