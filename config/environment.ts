import { z } from "zod";

/** The three kinds of place that a stack can be. Profiles give each its defaults. */
export const environments = ["dev", "staging", "prod"] as const;
export type Environment = (typeof environments)[number];

export const environment = z.enum(environments, { error: "one of dev, staging, prod" });

/** What an environment means for every workload, whatever the system. */
export interface Posture {
  /** Volumes, the namespaces that hold them and generated secrets resist deletion. */
  readonly protectData: boolean;
  /** Replicas spread over zones and nodes, and a budget guards them during drains. */
  readonly highlyAvailable: boolean;
}

export const postures: Readonly<Record<Environment, Posture>> = {
  dev: { protectData: false, highlyAvailable: false },
  staging: { protectData: true, highlyAvailable: true },
  prod: { protectData: true, highlyAvailable: true },
};
