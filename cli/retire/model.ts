/** How a Deployment that is to be retired stands. */
export type Standing =
  /** Not touched so far, with replicas. */
  | "running"
  /** Not touched so far, and at zero by somebody else. */
  | "idle"
  /** Scaled to zero by us, and its pods are not gone. */
  | "stopping"
  /** At zero by us, without a pod. */
  | "retired"
  /** Marked as retired, and with replicas: a way back that was cut short, or somebody else's hand. */
  | "returning"
  | "missing";

/** What scales a Deployment by itself. */
export interface Autoscaler {
  readonly kind: "HorizontalPodAutoscaler" | "ScaledObject";
  readonly name: string;
  /** Of a ScaledObject: whether it leaves the Deployment at zero. */
  readonly paused: boolean;
}

/** A Service that has no endpoint once the list is at zero, and who still sends to it. */
export interface Orphan {
  readonly name: string;
  /** In words: `LoadBalancer` of the Service itself, `Ingress api (api.example.com)`, `Deployment shop`. */
  readonly senders: readonly string[];
}

/** A Deployment of the list as it is now. */
export interface Old {
  readonly name: string;
  readonly standing: Standing;
  /** What its specification says now; undefined where it is not there. */
  readonly replicas: number | undefined;
  readonly pods: number;
  /** What it had before it was retired, since when it is at zero and until when it is kept. */
  readonly before?: number;
  readonly since?: string;
  readonly until?: string;
  readonly autoscalers: readonly Autoscaler[];
  readonly orphans: readonly Orphan[];
  /** ConfigMaps, Secrets and claims that its pods have: `Secret fm-database`. */
  readonly uses: readonly string[];
  /** The GitOps controller or Helm release that writes it, with what to do about it. */
  readonly owner?: { readonly owner: string; readonly mend: string };
  /** Whether a label says that a program of Pulumi's has made it. */
  readonly isPulumis: boolean;
}

/** Whether FaultMaven of this stack has taken over. */
export interface Successor {
  readonly ready: boolean;
  /** What was seen, in a sentence. */
  readonly evidence: string;
}

/** All that a step is decided on. */
export interface Situation {
  readonly namespace: string;
  readonly keepDays: number;
  /** When it was looked at. */
  readonly at: Date;
  /** In the order of the settings. */
  readonly old: readonly Old[];
  readonly successor: Successor;
}

/** What can be done. */
export type StepName = "apply" | "back" | "remove";
