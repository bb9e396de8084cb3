import { seconds } from "../progress";
import type { Timing } from "./carry-out";
import { isDue } from "./due";
import type { Old, Situation, StepName } from "./model";
import { type Intent, intents, notes, orphanLines, refusals, remains } from "./plan";

/** Document 002, Rollback Plan: "Rollback Time: <4 hours". */
const rollbackHours = 4;

/** Which stack on which cluster. */
export interface Place {
  readonly stack: string;
  readonly context: string;
  /** Its pods are simulated. */
  readonly embedded: boolean;
}

/** What comes next for some old services: what is not retired yet is, what is retired waits. */
export function nextStep({ old, keepDays, at }: Situation): StepName {
  const there = old.filter(({ standing }) => standing !== "missing");
  const isOver =
    there.length > 0 &&
    there.every((one) => one.standing === "retired" && isDue(one, keepDays, at));
  return isOver ? "remove" : "apply";
}

/** The state, and what a step would do; for people. */
export function planText(situation: Situation, step: StepName, place: Place): string {
  const { old, namespace, successor, keepDays } = situation;
  const todo = intents(situation, step);
  const inTheWay = refusals(situation, step);
  const rows = old.map((one) => [
    one.name,
    amount(one.replicas),
    amount(one.before),
    stateText(one),
  ]);
  return [
    `The old services of FaultMaven in namespace ${namespace}, stack ${place.stack}, context ${place.context}:`,
    "",
    ...columns([["DEPLOYMENT", "NOW", "BEFORE", "STATE"], ...rows]),
    "",
    `FaultMaven is ${successor.ready ? "ready" : "not ready"}: ${successor.evidence}.`,
    place.embedded
      ? "Its pods are simulated: whether it answers is unchecked."
      : `Whether it answers rightly is unchecked here: npm run validate -- --stack ${place.stack}`,
    ...section(`--${step} would:`, actionLines(todo)),
    ...(todo.length === 0 ? ["", `--${step} has nothing to do.`] : []),
    ...(step === "apply"
      ? section("Without endpoints then:", bullets(orphanLines(situation)))
      : []),
    ...(step === "remove"
      ? section("Stays, until somebody deletes it:", bullets(remains(situation)))
      : []),
    ...(step === "back" ? section("What it does not bring back:", bullets(notBroughtBack)) : []),
    ...section("To know:", bullets(notes(situation, step))),
    ...section("In the way:", bullets(inTheWay)),
    ...(step === "apply"
      ? [
          "",
          `They are kept at zero for ${keepDays} days (platform:faultmaven.legacy.keepDays). --back starts them as they were.`,
        ]
      : []),
  ].join("\n");
}

const notBroughtBack = [
  "Users: they reach FaultMaven until DNS or the Ingress leads to the old services again.",
  "What FaultMaven has written since: it is in its own database, not in the old ones.",
];

/** The same for machines. */
export function planData(situation: Situation, step: StepName, place: Place): object {
  const { at, ...rest } = situation;
  return {
    ...place,
    ...rest,
    at: at.toISOString(),
    step,
    actions: intents(situation, step),
    withoutEndpoints: orphanLines(situation),
    stays: remains(situation),
    notes: notes(situation, step),
    refusals: refusals(situation, step),
  };
}

/** What a step has done, with how long it took; of the way back, against the document's four hours. */
export function resultText(
  step: StepName,
  timing: Timing,
  situation: Situation,
  place: Place,
  record: string,
): string {
  const { deployments, seconds: all } = timing;
  const rows = deployments.map((it) => [it.name, seconds(it.seconds * 1000)]);
  const many = `${deployments.length} ${deployments.length === 1 ? "Deployment" : "Deployments"}`;
  const took = seconds(all * 1000);
  const said: Readonly<Record<StepName, readonly string[]>> = {
    apply: [
      `${many} at zero in ${took}, and kept until ${keptUntil(situation)}.`,
      `Back: npm run retire -- --stack ${place.stack} --system faultmaven${place.embedded ? " --embedded" : ""} --back`,
    ],
    back: [`${many} as before in ${took}. ${againstTheDocument(all)}`, ...notBroughtBack],
    remove: [
      `${many} deleted in ${took}. What stays:`,
      ...bullets(remains(situation)),
      "Take platform:faultmaven.legacy out of the stack file now.",
    ],
  };
  return [
    ...columns(rows),
    ...(rows.length === 0 ? [] : [""]),
    ...said[step],
    ...(place.embedded
      ? [
          "The pods are simulated: this is the time of the control plane alone, and nothing about images, volumes or start-up.",
        ]
      : []),
    `Record: ${record}`,
  ].join("\n");
}

/** How the way back compares with what document 002 allows for it. */
export function againstTheDocument(took: number): string {
  const share = (took / (rollbackHours * 3600)) * 100;
  const held = share < 100 ? "less" : "more";
  return `Document 002 allows less than four hours: this is ${held}, ${share.toFixed(share < 10 ? 2 : 0)} % of it.`;
}

/** What a step has done, for machines. */
export function resultData(
  step: StepName,
  timing: Timing,
  situation: Situation,
  place: Place,
  record: string,
): object {
  return {
    ...place,
    step,
    namespace: situation.namespace,
    ...timing,
    ...(step === "back" ? { allowedSeconds: rollbackHours * 3600 } : {}),
    ...(step === "apply" ? { keptUntil: keptUntil(situation) } : {}),
    ...(step === "remove" ? { stays: remains(situation) } : {}),
    ...(place.embedded ? { pods: "simulated" } : {}),
    record,
  };
}

/** The latest of all. */
function keptUntil({ old, at, keepDays }: Situation): string {
  const untils = old.flatMap(({ until }) => until ?? []).sort();
  return untils.at(-1) ?? `${keepDays} days after ${at.toISOString()}`;
}

function stateText({ standing, since, until, pods }: Old): string {
  switch (standing) {
    case "running":
      return "runs";
    case "idle":
      return "at zero, and not by this command";
    case "stopping":
      return `at zero since ${since ?? "?"}, ${pods} ${pods === 1 ? "pod is" : "pods are"} left`;
    case "retired":
      return `at zero since ${since ?? "?"}, kept until ${until ?? "?"}`;
    case "returning":
      return "retired before, and started again: --back or --apply ends it";
    case "missing":
      return "is not there";
  }
}

/** A reason that several in a row have is said once, after the last of them. */
function actionLines(todo: readonly Intent[]): string[] {
  return todo.flatMap(({ what, why }, index) => [
    `${index + 1}. ${what.charAt(0).toUpperCase()}${what.slice(1)}`,
    ...(todo[index + 1]?.why === why ? [] : [`   because ${why}`]),
  ]);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function bullets(lines: readonly string[]): string[] {
  return lines.map((line) => `- ${line}`);
}

function amount(value: number | undefined): string {
  return value === undefined ? "–" : String(value);
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
