import type { Progress, Step } from "../toolchain/progress";

/** What was timed on one side, in seconds. */
export interface Side {
  readonly name: string;
  readonly seconds: number;
  /** Each run, as it came. */
  readonly runs: readonly number[];
}

/** How two sides compare, and what was wanted. */
export interface Ratio {
  readonly name: string;
  readonly value: number;
  /** At most this; a ratio without a target is for the reader. */
  readonly target?: number;
}

/** The times of one side by how much there was of it. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** What one benchmark has shown. */
export interface Result {
  readonly name: BenchName;
  readonly title: string;
  readonly sides: readonly Side[];
  readonly ratios: readonly Ratio[];
  readonly curves: readonly Curve[];
  /** What the figures need to be understood, and where the time went. */
  readonly notes: readonly string[];
}

/** How the benchmarks are run. */
export interface BenchContext {
  readonly stack: string;
  /** Of each side; the median counts. */
  readonly runs: number;
  readonly progress: Progress;
  /** Build all tools anew, into a cache of its own. */
  readonly cold: boolean;
}

/** A benchmark. */
export interface Bench {
  readonly name: BenchName;
  readonly title: string;
  readonly run: (context: BenchContext, step: Step) => Promise<Omit<Result, "name" | "title">>;
}

export const benchNames = ["preview", "up", "unchanged", "instances", "setup", "backends"] as const;

export type BenchName = (typeof benchNames)[number];

export function isBenchName(name: string): name is BenchName {
  return (benchNames as readonly string[]).includes(name);
}
