import type { Posture } from "../../config/environment";
import { exceptionKey, type RuleName } from "../../policy/names";
import type { Labels } from "../labels";
import type { Retention } from "../scope";

/**
 * The annotation by which an object is excepted from a rule of the policy pack. The reason says why the
 * rule does not fit here; where the settings ask for it, it says so. An exception that excuses nothing
 * is a violation itself, so it is made only where the rule would find something.
 *
 * `part` names one of several resources that the object speaks for, because they have no annotations.
 */
export function exception(rule: RuleName, reason: string, part?: string): Labels {
  return { [exceptionKey(rule, part)]: reason };
}

/** The annotations of an object, where it has any: an empty map would be a change. */
export function annotated(...annotations: readonly (Labels | undefined)[]): {
  annotations?: Labels;
} {
  const all: Labels = Object.assign({}, ...annotations) as Labels;
  return Object.keys(all).length === 0 ? {} : { annotations: all };
}

/** Of data that an environment protects, and that the settings let go. */
export function releasedException(
  posture: Posture,
  { protect }: Pick<Retention, "protect">,
): Labels {
  return posture.protectData && !protect
    ? exception("data-protected", "the settings let it go")
    : {};
}
