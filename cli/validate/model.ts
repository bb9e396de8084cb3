import type { Api, Forwarding, KubernetesObject } from "../kubernetes";
import type { Finding } from "../preflight/model";
import type { Live } from "./live";

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** All that a check may look at. */
export interface ValidationContext {
  readonly stack: string;
  /** The objects that the stack has, as they are rendered. */
  readonly declared: readonly KubernetesObject[];
  readonly live: Live;
  readonly api: Api;
  /** Whether the pods are simulated: nothing answers then, and no job has done anything. */
  readonly simulated: boolean;
  /** Whether checks may write. */
  readonly writes: boolean;
  /** Does something that writes, and keeps a record of it. */
  readonly record: <T>(what: string, why: string, work: () => Promise<T>) => Promise<T>;
  /** How far back is looked for restarts, jobs and rows. */
  readonly windowMs: number;
  /** For one answer of a program. */
  readonly timeoutMs: number;
  readonly now: Date;
  /** The command that brings the stack up as it is declared. */
  readonly again: string;
  /** A port of this machine that leads to a pod's. */
  readonly forward: (to: PodPort) => Promise<Forwarding>;
}

/** One concern: what it is called, and what it finds. */
export interface Check {
  readonly name: string;
  readonly run: (context: ValidationContext) => Promise<readonly Finding[]>;
}

/** What could not be looked at, and how it is brought to that. */
export function open(subject: string, evidence: string, mend: string): Finding {
  return { status: "unchecked", subject, evidence, mend };
}

/** A time in the past, as people say it: `3 min`. */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/** `1 pod`, `2 pods`. */
export function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}

/** The first of many, and how many more there are. */
export function some(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).join(", ");
  const more = names.length - most;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
