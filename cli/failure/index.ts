import { join } from "node:path";

import { type Finding, findingLines } from "../audit";
import { forPlace } from "../audit/command-text";
import { troublesIn } from "../audit/troubles";
import { UserError } from "../errors";
import { type Api, ApiFault, openApi } from "../kubernetes";
import { type FailedObject, readFailures } from "../plan";
import { ChildFailure } from "../process";
import type { Target } from "../target";
import { causeOf, lateCause, subjectOf } from "./causes";
import { isUnanswered, outage } from "./outage";

/** Does an update; where it fails, says in words at what and why, how that is mended, and what to type then. */
export async function explained<T>(
  target: Target,
  update: (eventLog: string) => Promise<T>,
): Promise<T> {
  const eventLog = join(target.tmp, "update.events");
  try {
    return await update(eventLog);
  } catch (error) {
    if (error instanceof ChildFailure) {
      const found = await causesOf(target, readFailures(eventLog));
      const told = found.length === 0 ? [] : ["What stopped it:", ...linesOf(found), ""];
      const next = `What is done stays done. Mend what stopped it, then: ${nextCommand(target, found)}`;
      console.error(["", ...told, next].join("\n"));
    }
    throw error;
  }
}

/** What an update or a preview has failed of, by its failures and by what the cluster says now. */
export async function causesOf(
  target: Target,
  failures: readonly FailedObject[],
): Promise<readonly Finding[]> {
  const { context, kubeconfig, stack, kind } = target;
  const place = { context, kubeconfig, ...(kind === "embedded" ? { stack } : {}) };
  const { troubles, silence } = await troublesOf(target, failures);
  return forPlace(findingsOf(failures, troubles, silence), place);
}

/** Causes as lines, an empty one before each. */
export function linesOf(causes: readonly Finding[]): readonly string[] {
  return causes.flatMap((one) => ["", ...findingLines(one)]);
}

/** What is gone the engine has to miss before it makes it anew. */
const missed = ["gone", "terminating", "stuck-namespace"];

/** The command that goes on with an update. */
export function nextCommand({ stack, kind }: Target, causes: readonly Finding[]): string {
  const command = kind === "embedded" ? "up" : "apply";
  const anew = causes.some(({ rule }) => missed.includes(rule));
  return `npm run ${command} -- --stack ${stack}${anew ? " --refresh" : ""}`;
}

/**
 * The pods' own reasons where there are any, as they say more than the time that has passed.
 * @param silence why the API server does not answer now
 */
export function findingsOf(
  failures: readonly FailedObject[],
  troubles: readonly Finding[],
  silence?: string,
): readonly Finding[] {
  const causes = failures.flatMap((object) => causeOf(object) ?? []);
  const unexplained = failures.filter((object) => causeOf(object) === undefined);
  const late = unexplained.filter((object) => !isUnanswered(object));
  const subjects = late.map(subjectOf);
  const ofPods = troubles.filter(({ subject }) => subjects.includes(subject));
  const ofNamespaces = troubles.filter(({ rule }) => rule === "stuck-namespace");
  const silent = late.filter((object) => !ofPods.some((it) => it.subject === subjectOf(object)));
  const ofServer = outage(unexplained, silence);
  return [
    ...causes,
    ...ofPods,
    ...silent.flatMap((one) => lateCause(one) ?? []),
    ...ofNamespaces,
    ...(ofServer === undefined ? [] : [ofServer]),
  ];
}

/** What the cluster says of the pods; the update has failed, and that is told whether it answers or not. */
async function troublesOf(
  { context, kubeconfig }: Target,
  failures: readonly FailedObject[],
): Promise<{ readonly troubles: readonly Finding[]; readonly silence?: string }> {
  if (failures.length === 0) return { troubles: [] };
  const namespaces = failures.flatMap(({ kind, name, namespace }) =>
    kind === "Namespace" ? [name] : (namespace ?? []),
  );
  try {
    const api = await openApi({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) });
    await answering(api);
    return { troubles: await troublesIn(api, [...new Set(namespaces)]) };
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof ApiFault) return { troubles: [] };
    return { troubles: [], silence: error.message };
  }
}

/** One question before all those that would each wait for an answer; a refusal is one too. */
async function answering(api: Api): Promise<void> {
  try {
    await api.get("/readyz");
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
  }
}
