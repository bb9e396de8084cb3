import type { Facts } from "./facts";
import type { Exception, Finding, ObjectRule, Rule, Subject, Violation } from "./model";
import { exceptionIn, exceptionKey, isRuleName, type RuleName } from "./names";
import { rules } from "./rules";
import { annotationsOf } from "./subjects";

/** What comes of holding the resources of a stack to the rules. */
export interface Outcome {
  readonly violations: readonly Violation[];
  /** Those that excuse something, each once. */
  readonly exceptions: readonly Exception[];
}

/** What the rule on exceptions is; it is the one that looks at the outcome of all others. */
export const exceptionJustified = {
  name: "exception-justified",
  severity: "high",
  description:
    "An exception names a rule that there is, gives a reason, and excuses something that would be wrong without it.",
} as const;

/** Holds the resources of a whole stack to all rules. */
export function check(subjects: readonly Subject[], facts: Facts): Outcome {
  const used = new Set<string>();
  const violations = rules.flatMap((rule) =>
    findingsOf(rule, subjects, facts).flatMap((one) => {
      const excuse = excuseFor(rule, one);
      if (excuse === undefined) return [violationOf(rule, one)];
      used.add(excuse);
      return [];
    }),
  );
  const declared = subjects.flatMap(exceptionsOf);
  return {
    violations: [...violations, ...declared.flatMap((one) => unjustified(one, used))],
    exceptions: declared.flatMap(({ at, key, rule, reason }) =>
      used.has(addressOf(at, key)) && isRuleName(rule) ? [{ rule, title: at.title, reason }] : [],
    ),
  };
}

/** Holds one resource to one rule, before anything is known of the others. */
export function checkOne(rule: ObjectRule, subject: Subject, facts: Facts): readonly Violation[] {
  return rule
    .check(subject, facts)
    .filter((one) => excuseFor(rule, one) === undefined)
    .map((one) => violationOf(rule, one));
}

function findingsOf(rule: Rule, subjects: readonly Subject[], facts: Facts): readonly Finding[] {
  return rule.of === "stack"
    ? rule.check(subjects, facts)
    : subjects.flatMap((subject) => rule.check(subject, facts));
}

/** The address of the annotation that excuses a finding, also of one that gives no reason. */
function excuseFor(rule: Rule, { at, excusedBy = [] }: Finding): string | undefined {
  for (const { at: where, part } of [{ at, part: undefined }, ...excusedBy]) {
    const key = exceptionKey(rule.name, part);
    if (annotationsOf(where)[key] !== undefined) return addressOf(where, key);
  }
  return undefined;
}

interface Declared {
  readonly at: Subject;
  readonly key: string;
  readonly rule: string;
  readonly reason: string;
}

function exceptionsOf(at: Subject): readonly Declared[] {
  return Object.entries(annotationsOf(at)).flatMap(([key, reason]) => {
    const found = exceptionIn(key);
    return found === undefined ? [] : [{ at, key, rule: found.rule, reason }];
  });
}

/** Fewer characters are no reason. */
const shortestReason = 10;

function unjustified({ at, key, rule, reason }: Declared, used: ReadonlySet<string>): Violation[] {
  const expected = !isRuleName(rule)
    ? "the name of a rule after policy.platform/"
    : reason.trim().length < shortestReason
      ? `a reason of ${String(shortestReason)} characters or more`
      : used.has(addressOf(at, key))
        ? undefined
        : "to be removed: it excuses nothing";
  if (expected === undefined) return [];
  const path = isRuleName(rule) ? `metadata.annotations["${key}"]` : "metadata.annotations";
  return [violationOf(exceptionJustified, { at, path, expected })];
}

function violationOf(
  { name, severity }: { readonly name: RuleName; readonly severity: Violation["severity"] },
  { at, path, expected }: Finding,
): Violation {
  const where = path === "" ? "" : `${path}: `;
  return { rule: name, severity, title: at.title, message: `${where}expected ${expected}` };
}

function addressOf({ title }: Subject, key: string): string {
  return `${title} ${key}`;
}
