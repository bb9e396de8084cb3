import type { Settings } from "../../config/settings";
import type { Plan } from "../plan";
import type { ClusterClient } from "./cluster";
import type { Lookup } from "./lookup";
import type { StackObject } from "./objects";
import type { RegistryOptions } from "./registry";

/** Worst first. What could not be looked at is `unchecked`, never passed. */
export const statuses = ["failed", "unchecked", "warning", "passed"] as const;
export type Status = (typeof statuses)[number];

/** What was found of one thing. */
export interface Finding {
  readonly status: Status;
  /** What was looked at, `StorageClass fast`. */
  readonly subject: string;
  /** What was seen, or why nothing was. Never a secret's value. */
  readonly evidence: string;
  /** How to mend it. */
  readonly mend?: string;
}

/** A finding with the name of the check that made it. */
export interface Result extends Finding {
  readonly check: string;
}

/** Why something could not be looked at, in words for the user. */
export class Unchecked extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Unchecked";
  }
}

/** Which cluster answers, and which one was meant: an answer is worth no more than that. */
export interface Place {
  readonly kind: "real" | "embedded" | "none";
  /** `real`: the stack's own cluster, by its context in the user's kubeconfig. */
  readonly meant: "real" | "embedded";
}

/** All that a check may look at. */
export interface PreflightContext {
  readonly stack: string;
  readonly place: Place;
  readonly settings: Settings;
  /** The objects that the stack would have. */
  readonly objects: readonly StackObject[];
  /** The stack's cluster. @throws Unchecked where there is none, or none that answers */
  readonly cluster: () => ClusterClient;
  /** What an update would do. @throws Unchecked where the engine cannot say it */
  readonly plan: () => Plan;
  readonly lookup: Lookup;
  readonly registry: RegistryOptions;
  readonly now: Date;
}

/** One concern: what it is called, and what it finds. */
export interface Check {
  readonly name: string;
  readonly run: (context: PreflightContext) => Promise<readonly Finding[]>;
}

export function passed(subject: string, evidence: string): Finding {
  return { status: "passed", subject, evidence };
}

export function failed(subject: string, evidence: string, mend: string): Finding {
  return { status: "failed", subject, evidence, mend };
}

export function warning(subject: string, evidence: string, mend: string): Finding {
  return { status: "warning", subject, evidence, mend };
}

export function unchecked(subject: string, evidence: string): Finding {
  return { status: "unchecked", subject, evidence };
}

/** What is found, or why it could not be looked at: one thing out of reach hides no other. */
export async function attempt(
  subject: string,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (error) {
    return [unchecked(subject, error instanceof Error ? error.message : String(error))];
  }
}
