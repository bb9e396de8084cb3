import type * as k8s from "@pulumi/kubernetes";

export type Probe = k8s.types.input.core.v1.Probe;

/**
 * A container's three probes. Startup gives it time; readiness may look at what it depends on;
 * liveness must not, or one slow database restarts every client of it.
 */
export interface Probes {
  readonly startup: Probe;
  readonly readiness: Probe;
  readonly liveness: Probe;
}

interface Timing {
  /** Seconds from the container's start to the first try; Kubernetes' own default is 0. */
  readonly initialDelaySeconds?: number;
  /** Seconds between two tries; Kubernetes' own default is 10. */
  readonly periodSeconds?: number;
  /** Seconds until a try counts as failed; Kubernetes' own default is 1, too short for a busy node. */
  readonly timeoutSeconds?: number;
  /** Failures in a row until the probe fails; Kubernetes' own default is 3. */
  readonly failureThreshold?: number;
}

const usual = { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };

export function httpProbe(path: string, port: string, timing: Timing = {}): Probe {
  return { httpGet: { path, port }, ...usual, ...timing };
}

export function execProbe(command: readonly string[], timing: Timing = {}): Probe {
  return { exec: { command: [...command] }, ...usual, ...timing };
}

/** Probes of a program with one cheap health check: up to `startSeconds` to start, then ten-second tries. */
export function sameProbe(probe: (timing: Timing) => Probe, startSeconds: number): Probes {
  return { startup: startupProbe(probe, startSeconds), readiness: probe({}), liveness: probe({}) };
}

/** Tries every five seconds until `startSeconds` have passed. */
export function startupProbe(probe: (timing: Timing) => Probe, startSeconds: number): Probe {
  return probe({ periodSeconds: 5, failureThreshold: Math.ceil(startSeconds / 5) });
}
