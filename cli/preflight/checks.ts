import { claims } from "./claims";
import { classes } from "./classes";
import { dates } from "./dates";
import { definitions } from "./definitions";
import { hosts } from "./hosts";
import { images } from "./images";
import type { Check, PreflightContext, Result } from "./model";
import { nodes } from "./nodes";
import { operators } from "./operators";
import { owners } from "./owners";
import { pullSecrets } from "./pull-secrets";
import { quotas } from "./quota";
import { reach } from "./reach";
import { rights } from "./rights";
import { runAll } from "./run";
import { secrets } from "./secrets";

/** All that is checked, in the order in which equals are shown. */
export const checks: readonly Check[] = [
  { name: "cluster", run: reach },
  { name: "definitions", run: definitions },
  { name: "classes", run: classes },
  { name: "operators", run: operators },
  { name: "quota", run: quotas },
  { name: "nodes", run: nodes },
  { name: "owners", run: owners },
  { name: "claims", run: claims },
  { name: "secrets", run: secrets },
  { name: "pull secrets", run: pullSecrets },
  { name: "rights", run: rights },
  { name: "images", run: images },
  { name: "hosts", run: hosts },
  { name: "dates", run: dates },
];

/** Runs the checks at once. One that throws is unchecked, as is one that is left out; neither hides another. */
export async function runChecks(
  context: PreflightContext,
  skip: readonly string[] = [],
  onDone: (left: readonly string[]) => void = () => undefined,
): Promise<readonly Result[]> {
  return runAll(context, checks, skip, onDone);
}
