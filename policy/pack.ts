import { join } from "node:path";

import {
  type Policies,
  type Policy,
  PolicyPack,
  type PolicyResource,
  type ReportViolation,
} from "@pulumi/policy";

import { check, checkOne, exceptionJustified, type Outcome } from "./check";
import { plain, stackOf, subjectOf } from "./engine";
import { type Facts, factsOfStack } from "./facts";
import type { Rule, Severity, Subject, Violation } from "./model";
import { rules } from "./rules";

const repository = join(__dirname, "..");

/** What is declared, by URN. To rules on a whole stack the engine shows what the cluster has made of it. */
const declared = new Map<string, Subject>();
let facts: Facts | undefined;
let outcome: Outcome | undefined;

function factsFor(urn: string): Facts {
  return (facts ??= factsOfStack(stackOf(urn), repository));
}

function policyOf(rule: { name: string; description: string; severity: Severity }): Policy {
  const { name, description, severity } = rule;
  const enforcementLevel = severity === "low" ? "advisory" : "mandatory";
  return { name, description, severity, enforcementLevel };
}

/** The outcome for all that the stack has, worked out once for all rules. */
function outcomeOf(resources: readonly PolicyResource[]): Outcome {
  if (outcome !== undefined) return outcome;
  const subjects = resources.map(
    (one) => declared.get(one.urn) ?? subjectOf(one, plain(one.props), one.parent?.urn),
  );
  outcome = check(subjects, factsFor(resources[0]?.urn ?? ""));
  return outcome;
}

function report(violations: readonly Violation[], tell: ReportViolation): void {
  for (const { message, title } of violations) tell(message, title);
}

function stackPolicy(rule: Pick<Rule, "name" | "description" | "severity">): Policies[number] {
  return {
    ...policyOf(rule),
    validateStack: ({ resources }, tell) => {
      const { violations } = outcomeOf(resources);
      report(
        violations.filter((one) => one.rule === rule.name),
        tell,
      );
    },
  };
}

const policies = rules.map((rule): Policies[number] =>
  rule.of === "stack"
    ? stackPolicy(rule)
    : {
        ...policyOf(rule),
        validateResource: (args, tell) => {
          const subject = subjectOf(args, plain(args.props));
          declared.set(args.urn, subject);
          outcome = undefined;
          report(checkOne(rule, subject, factsFor(args.urn)), tell);
        },
      },
);

new PolicyPack("platform", { policies: [...policies, stackPolicy(exceptionJustified)] });
