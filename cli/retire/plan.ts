import { dayMs, endOf, isDue } from "./due";
import { rfc3339 } from "./marks";
import type { Old, Situation, StepName } from "./model";

/** What a step does to one Deployment. */
export interface Intent {
  readonly name: string;
  readonly what: string;
  readonly why: string;
}

/** What a step would do, in its order; nothing where all is done. */
export function intents(situation: Situation, step: StepName): readonly Intent[] {
  const { old } = situation;
  switch (step) {
    case "apply":
      return old.flatMap((one) => stopping(one, situation));
    case "back":
      // Those that others call last were stopped first, so that they come back last.
      return [...old].reverse().flatMap((one) => starting(one, situation));
    case "remove":
      return old.flatMap((one) => removing(one, situation));
  }
}

function stopping(one: Old, { namespace, keepDays }: Situation): Intent[] {
  const id = `Deployment ${namespace}/${one.name}`;
  const kept = `--back starts it as it was, for ${keepDays} days at least`;
  const pausing = one.autoscalers
    .filter(({ kind }) => kind === "ScaledObject")
    .map(({ name }) => `, and pause ScaledObject ${name}`)
    .join("");
  switch (one.standing) {
    case "missing":
      return [];
    case "running":
    case "returning":
      return [
        {
          name: one.name,
          what: `scale ${id} from ${one.replicas ?? 1} to 0${pausing}`,
          why: `FaultMaven takes over from it; ${kept}`,
        },
      ];
    case "idle":
      return [
        {
          name: one.name,
          what: `mark ${id} as retired, which is at 0 already${pausing}`,
          why: `it is kept like the others; ${kept}`,
        },
      ];
    case "stopping":
      return [
        {
          name: one.name,
          what: `wait until the pods of ${id} are gone`,
          why: "an earlier run has scaled it to 0",
        },
      ];
    case "retired":
      if (!isKeptFor(one, keepDays)) {
        return [
          {
            name: one.name,
            what: `keep ${id} for ${keepDays} days since ${one.since ?? "now"}`,
            why: "platform:faultmaven.legacy.keepDays is another number by now",
          },
        ];
      }
      return one.autoscalers.some((it) => it.kind === "ScaledObject" && !it.paused)
        ? [
            {
              name: one.name,
              what: `hold ${id} at 0${pausing}`,
              why: "KEDA would scale it up again",
            },
          ]
        : [];
  }
}

/** Whether it is kept as long as the settings say today. */
function isKeptFor({ since, until }: Old, keepDays: number): boolean {
  const days = (Date.parse(until ?? "") - Date.parse(since ?? "")) / dayMs;
  return Math.abs(days - keepDays) < 1e-6;
}

function starting(one: Old, { namespace }: Situation): Intent[] {
  if (one.before === undefined) return [];
  const id = `Deployment ${namespace}/${one.name}`;
  const { replicas = 0 } = one;
  return [
    replicas > 0 || one.before === 0
      ? {
          name: one.name,
          what: `take the marks off ${id}, and leave it at ${replicas}`,
          why: replicas > 0 ? "it runs by now" : "it was at 0 before",
        }
      : {
          name: one.name,
          what: `start ${id} with ${one.before} ${one.before === 1 ? "replica" : "replicas"}`,
          why: "it had as many before",
        },
  ];
}

function removing(one: Old, { namespace }: Situation): Intent[] {
  if (one.standing === "missing") return [];
  return [
    {
      name: one.name,
      what: `delete Deployment ${namespace}/${one.name}`,
      why: `it was kept until ${one.until ?? "an unknown time"}`,
    },
  ];
}

/** Why a step must not begin; nothing when it may. */
export function refusals(situation: Situation, step: StepName): readonly string[] {
  const { old, namespace, successor } = situation;
  // The way back is open whatever else is wrong.
  if (step === "back") return [];
  return [
    ...(old.every(({ standing }) => standing === "missing") && step === "apply"
      ? [`None of the Deployments of platform:faultmaven.legacy is in namespace ${namespace}.`]
      : []),
    ...(successor.ready ? [] : [`FaultMaven does not take over: ${successor.evidence}.`]),
    ...old
      .filter(({ isPulumis }) => isPulumis)
      .map(
        ({ name }) =>
          `Deployment ${namespace}/${name} is labelled as made by this program or another of Pulumi's.`,
      ),
    ...(step === "remove" ? old.flatMap((one) => notRemovable(one, situation)) : []),
  ];
}

function notRemovable(one: Old, { namespace, keepDays, at }: Situation): string[] {
  const id = `Deployment ${namespace}/${one.name}`;
  if (one.standing === "missing") return [];
  if (one.standing !== "retired") return [`${id} is not retired: it has to be at zero by --apply.`];
  if (isDue(one, keepDays, at)) return [];
  const end = endOf(one, keepDays);
  return [
    `${id} is kept until ${end === undefined ? "an unknown time: its marks cannot be read" : rfc3339(end)}.`,
  ];
}

/** What a step has not reached, by what was seen after it. */
export function unreached({ old, namespace }: Situation, step: StepName): readonly string[] {
  const idOf = ({ name }: Old): string => `Deployment ${namespace}/${name}`;
  switch (step) {
    case "apply":
      return old
        .filter(({ standing }) => standing !== "retired" && standing !== "missing")
        .map((one) => `${idOf(one)} does not stay at zero: ${whyNot(one)}.`);
    case "back":
      return old
        .filter(({ standing }) => standing === "missing")
        .map((one) => `${idOf(one)} is not there: it was not started.`);
    case "remove":
      return [];
  }
}

function whyNot({ standing, replicas = 0, pods, owner }: Old): string {
  const seen =
    standing === "idle" ? "its mark is gone" : `it has ${replicas} replicas and ${pods} pods`;
  return owner === undefined ? seen : `${seen}. It belongs to ${owner.owner}: ${owner.mend}`;
}

/** What to know before a step is begun; none of it is in the way. */
export function notes({ old, namespace }: Situation, step: StepName): readonly string[] {
  const missing = old.filter(({ standing }) => standing === "missing").map(({ name }) => name);
  const leftOut =
    missing.length === 0
      ? []
      : [`Not in namespace ${namespace}, and left out: ${missing.join(", ")}.`];
  if (step !== "apply") return leftOut;
  return [
    ...leftOut,
    ...old.flatMap(({ name, autoscalers }) =>
      autoscalers.map((it) =>
        it.kind === "ScaledObject"
          ? `ScaledObject ${it.name} would scale ${name} up again: ${it.paused ? "it is paused" : "it is paused with it"}, and goes on after --back.`
          : `HorizontalPodAutoscaler ${it.name} does nothing while ${name} is at zero, and goes on after --back.`,
      ),
    ),
    // Whether the controller was told to leave it alone cannot be seen at the object: no refusal.
    ...old.flatMap(({ name, owner }) =>
      owner === undefined
        ? []
        : [`${name} belongs to ${owner.owner}, which may start it again. First: ${owner.mend}.`],
    ),
  ];
}

/** The Services that have nobody behind them once all is at zero, and who still sends to them. */
export function orphanLines({ old, namespace }: Situation): readonly string[] {
  const orphans = [
    ...new Map(
      old.flatMap((one) => one.orphans.map((orphan) => [orphan.name, orphan.senders] as const)),
    ),
  ];
  const unused = orphans.filter(([, senders]) => senders.length === 0).map(([name]) => name);
  return [
    ...orphans
      .filter(([, senders]) => senders.length > 0)
      .map(([name, senders]) => {
        const send = senders.length === 1 ? "sends" : "send";
        return `Service ${namespace}/${name}: ${senders.join(", ")} ${send} to it`;
      }),
    ...(unused.length === 0
      ? []
      : [`Nobody in namespace ${namespace} is seen who sends to: ${unused.join(", ")}`]),
  ];
}

/** What stays when the Deployments are deleted, by name. */
export function remains({ old, namespace }: Situation): readonly string[] {
  const names = old.flatMap(({ autoscalers, orphans, uses }) => [
    ...orphans.flatMap(({ name, senders }) => [
      `Service ${name}`,
      ...senders.flatMap((sender) => /^Ingress \S+/.exec(sender)?.[0] ?? []),
    ]),
    ...autoscalers.map(({ kind, name }) => `${kind} ${name}`),
    ...uses,
  ]);
  const [those, place] = [[...new Set(names)].sort(), `namespace ${namespace}`];
  return those.length === 0 ? [] : [...those, `and all else in ${place}`];
}
