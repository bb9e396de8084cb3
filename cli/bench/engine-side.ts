import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { operate } from "../session";
import type { Engine } from "../toolchain";
import {
  openWorkspace,
  type Override,
  prepareStack,
  type PreparedStack,
  type PulumiContext,
} from "../workspace";
import { timeOf } from "./turns";

/** A program and a stack of it, in a workspace of its own. */
export interface EngineSide {
  readonly context: PulumiContext;
  readonly prepared: PreparedStack;
}

/** What a side is made of. */
export interface EngineSideOptions {
  readonly engine: Engine;
  /** Where its workspace is; nothing may be there. */
  readonly base: string;
  readonly repository: string;
  readonly stack: string;
  /** Without it there is no cluster, and no state is kept. */
  readonly kubeconfig?: string;
  readonly overrides?: readonly Override[];
}

/** Makes a side ready to be timed. */
export async function engineSide(options: EngineSideOptions): Promise<EngineSide> {
  const { engine, base, repository, stack, kubeconfig, overrides } = options;
  const workspace = openWorkspace({ repository, base });
  const tmp = join(workspace.tmp, String(process.pid));
  mkdirSync(tmp, { recursive: true });
  const context: PulumiContext = {
    workspace,
    engine,
    tmp,
    ...(kubeconfig === undefined ? { throwAway: true } : { kubeconfig }),
  };
  return { context, prepared: await prepareStack(context, stack, overrides) };
}

/** Milliseconds that an operation of pulumi takes on a side. */
export function timed(
  side: EngineSide,
  operation: string,
  args: readonly string[] = [],
): Promise<number> {
  return timeOf(() => operate(side, operation, args));
}

/** The arguments of an update that asks nothing and previews nothing. */
export const atOnce = ["--yes", "--skip-preview"] as const;
