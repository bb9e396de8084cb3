import { type Plan, planUpdate } from "../plan";
import { ChildFailure } from "../process";
import { during, silent } from "../progress";
import { renderObjects } from "../render";
import type { Target } from "../target";
import type { Progress } from "../toolchain/progress";
import type { Override } from "../workspace";
import { runChecks } from "./checks";
import { ClusterClient, messageOf } from "./cluster";
import { type Lookup, systemLookup } from "./lookup";
import { type Place, type PreflightContext, type Result, Unchecked } from "./model";
import { readObjects } from "./objects";
import { withProxy } from "./proxy";

/** How a preflight is made. */
export interface PreflightOptions {
  /** For one answer of a server, in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** Which cluster was asked for. @default the one of the target */
  readonly meant?: Place["meant"];
  /** Settings in place of the committed ones, for the objects that the stack would have. */
  readonly overrides?: readonly Override[];
  /** The names of checks that are left out, and count as unchecked. @default none */
  readonly skip?: readonly string[];
  /** @default as this machine finds a host */
  readonly lookup?: Lookup;
  /** @default shows nothing */
  readonly progress?: Progress;
}

/** What the engine says of the stack: the objects that it would have, and what an update would do. */
export type Declared = Pick<PreflightContext, "objects" | "plan">;

/** Looks at all that a preview of the stack cannot see, and changes nothing. */
export async function preflight(
  target: Target,
  options: PreflightOptions = {},
): Promise<readonly Result[]> {
  const { progress = silent } = options;
  const title = "Working out the stack's objects and what an update would do";
  const declared = await during(progress, title, () => declare(target, options));
  return during(progress, "Checking", (step) =>
    check(target, declared, options, (left) => {
      step.update(left.join(", "));
    }),
  );
}

/** Asks the engine, twice at once. */
export async function declare(
  target: Target,
  { overrides = [] }: Pick<PreflightOptions, "overrides"> = {},
): Promise<Declared> {
  const { workspace, stack } = target;
  const [{ files }, plan] = await Promise.all([
    renderObjects(stack, { workspace, overrides }),
    planOf(target),
  ]);
  return { objects: readObjects(files), plan };
}

/** Asks the cluster, the registries and the resolver. */
export function check(
  target: Target,
  declared: Declared,
  options: PreflightOptions = {},
  onDone?: (left: readonly string[]) => void,
): Promise<readonly Result[]> {
  const { timeoutMs = 5_000, skip = [], lookup = systemLookup } = options;
  const { stack, settings, kind } = target;
  const { meant = kind === "embedded" ? "embedded" : "real" } = options;
  return withCluster(target, timeoutMs, (cluster) => {
    const registry = { timeoutMs };
    const place: Place = { kind, meant };
    const asked = { stack, place, settings, cluster, lookup, registry, now: new Date() };
    return runChecks({ ...declared, ...asked }, skip, onDone);
  });
}

/** Gives a way to the cluster, or the reason why there is none, which each check then says. */
async function withCluster<T>(
  { kind, stack, context, kubeconfig, tools: { kubectl } }: Target,
  timeoutMs: number,
  work: (cluster: () => ClusterClient) => Promise<T>,
): Promise<T> {
  const without = (reason: string): Promise<T> =>
    work(() => {
      throw new Unchecked(reason);
    });
  if (kind === "none") return without(`There is no cluster of stack ${stack}.`);
  try {
    return await withProxy({ kubectl, context, kubeconfig, timeoutMs }, async (ask) => {
      const client = new ClusterClient(ask);
      const reason = await silence(client);
      return reason === undefined ? work(() => client) : without(reason);
    });
  } catch (error) {
    if (error instanceof Unchecked) return without(error.message);
    throw error;
  }
}

/** Why the API server cannot be asked at all, found out once in place of once for each question. */
async function silence(client: ClusterClient): Promise<string | undefined> {
  try {
    const { status, text } = await client.answer({ method: "GET", path: "/version" });
    return status < 500 ? undefined : `The API server does not answer: ${messageOf(text)}`;
  } catch (error) {
    if (error instanceof Unchecked) return error.message;
    throw error;
  }
}

/** What the update would do; where nobody can say it, each check that needs it says why. */
async function planOf(target: Target): Promise<() => Plan> {
  const without = (reason: string) => (): Plan => {
    throw new Unchecked(`There is no plan: ${reason}`);
  };
  try {
    const plan = await planUpdate(target);
    const [first] = plan.errors;
    return first === undefined ? () => plan : without(lastLine(first));
  } catch (error) {
    if (error instanceof ChildFailure) return without(lastLine(error.output) || error.message);
    throw error;
  }
}

/** The end of what a program says is its reason. */
function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
