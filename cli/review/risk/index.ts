import type { Reason } from "../model";
import { kindOf } from "../system";
import { dataReasons } from "./data";
import { exposureReasons } from "./exposure";
import { identityReasons } from "./identity";
import { type Judged, stays, touches } from "./judged";
import { isPatch, patchReasons } from "./patch";
import { restartReasons } from "./restart";

/** Why a change has its risk, in words without a value; at least one reason. */
export function reasonsOf(change: Judged): readonly Reason[] {
  const found = rulesFor(change).flatMap((rule) => rule(change));
  return found.length > 0 ? found : [{ risk: "quiet", text: quiet(change) }];
}

function rulesFor(change: Judged): readonly ((change: Judged) => readonly Reason[])[] {
  if (isPatch(change)) return [patchReasons];
  if (stays(change)) return [identityReasons];
  return [dataReasons, identityReasons, exposureReasons, restartReasons];
}

function quiet(change: Judged): string {
  switch (change.operation) {
    case "create":
      return "is new";
    case "import":
      return "exists, and is taken over";
    case "delete":
    case "forget":
      return "goes, and nothing relies on it";
    case "replace":
      return "is deleted and made anew, and nothing relies on it meanwhile";
    case "update":
      return updated(change);
  }
}

function updated(change: Judged): string {
  if (kindOf(change.resource) === "CronJob") return "takes effect at the next run of its schedule";
  return touches(change, /^(?!metadata\.(labels|annotations)\b)/)
    ? "is changed where it is"
    : "only its labels or annotations change";
}
