/** A server that runs all the time. */
export interface ServerNote {
  readonly name: string;
  readonly kind: "Deployment" | "StatefulSet";
  /** Whether it is meant to have a pod; one that is paused is not. */
  readonly running: boolean;
}

/** Something that decides a number of replicas between two bounds. */
export interface AutoscalerNote {
  /** The name of the HorizontalPodAutoscaler in the cluster. */
  readonly name: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** What Prometheus reads. */
export interface TargetNote {
  /** The label `job` of its series. */
  readonly job: string;
  /** Whether it may have no pod while there is nothing to do. */
  readonly mayRest: boolean;
}

/** A program that runs by the clock. */
export interface ScheduleNote {
  readonly name: string;
  /** Five cron fields, in UTC. */
  readonly schedule: string;
  readonly suspended: boolean;
  /** The store that it keeps copies of, if that is what it does. */
  readonly backupOf?: string | undefined;
}

/**
 * What runs in one namespace, noted by each part where it is declared. Whoever watches a namespace reads
 * it last, so that no list of parts is kept a second time and none can be forgotten. Nothing else reads it.
 */
export class Inventory {
  readonly servers: ServerNote[] = [];
  readonly autoscalers: AutoscalerNote[] = [];
  readonly schedules: ScheduleNote[] = [];
  /** Programs that run once for each content. */
  readonly jobs: string[] = [];
  /** Claims that a pod mounts. */
  readonly claims: string[] = [];
  readonly targets: TargetNote[] = [];
  /** Certificates that cert-manager keeps. */
  readonly certificates: string[] = [];
}
