import { type Result, unchecked } from "../preflight/model";
import { runAll } from "../preflight/run";
import { autoscalers } from "./autoscalers";
import { certificates } from "./certificates";
import { claims } from "./claims";
import { endpoints } from "./endpoints";
import { ingresses } from "./ingresses";
import { jobs } from "./jobs";
import type { Check, ValidationContext } from "./model";
import { others } from "./others";
import { policies } from "./policies";
import {
  collector,
  faultmaven,
  health,
  livebook,
  liveView,
  mlflow,
  oban,
  streamRows,
} from "./probing";
import { quotas } from "./quotas";
import { migrations } from "./recorded";
import { restarts } from "./restarts";
import { secrets } from "./secrets";
import { workloads } from "./workloads";

/** All that is checked, in the order in which equals are shown: first what the cluster says, then what pods answer. */
export const checks: readonly Check[] = [
  { name: "objects", run: others },
  { name: "workloads", run: workloads },
  { name: "restarts", run: restarts },
  { name: "jobs", run: jobs },
  { name: "claims", run: claims },
  { name: "endpoints", run: endpoints },
  { name: "ingresses", run: ingresses },
  { name: "certificates", run: certificates },
  { name: "secrets", run: secrets },
  { name: "autoscalers", run: autoscalers },
  { name: "policies", run: policies },
  { name: "quotas", run: quotas },
  { name: "migrations", run: migrations },
  { name: "health", run: health },
  { name: "live-view", run: liveView },
  { name: "mlflow", run: mlflow },
  { name: "collector", run: collector },
  { name: "oban", run: oban },
  { name: "livebook", run: livebook },
  { name: "faultmaven", run: faultmaven },
  { name: "streams", run: streamRows },
];

/** Under this name is told which checks are not made. */
export const leftOut = "others";

/** Which checks are made. */
export interface Choice {
  /** These alone. @default all */
  readonly only?: readonly string[] | undefined;
  /** Not these. @default none */
  readonly skip?: readonly string[] | undefined;
}

/** Runs the checks at once. One that throws is unchecked, as is one that is left out; neither hides another. */
export async function runChecks(
  context: ValidationContext,
  { only, skip = [] }: Choice = {},
  onDone: (left: readonly string[]) => void = () => undefined,
): Promise<readonly Result[]> {
  const made = checks.filter(({ name }) => only?.includes(name) !== false);
  const results = await runAll(context, made, skip, onDone);
  const omitted = checks.filter((check) => !made.includes(check)).map(({ name }) => name);
  return [
    ...results,
    ...(omitted.length === 0
      ? []
      : [{ check: leftOut, ...unchecked("Other checks", `left out: ${omitted.join(", ")}`) }]),
  ];
}
