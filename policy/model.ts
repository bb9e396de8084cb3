import type { Facts } from "./facts";
import type { RuleName } from "./names";
import type { Fields } from "./read";

/** A resource as a rule sees it, whether the engine, a state or a rendered file tells of it. */
export interface Subject {
  /** How messages name it: its URN, or the path of its file. Never a property's value. */
  readonly title: string;
  /** `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** The logical name; the title where there is none. */
  readonly name: string;
  /** The title of the component that it belongs to. */
  readonly parent?: string;
  /** Undefined where nobody says: a rendered file has no protection. */
  readonly protect?: boolean;
  readonly ignoreChanges: readonly string[];
  /** What is declared; `[unknown]` for what only an update will tell. */
  readonly props: Fields;
}

/** What is wrong with a resource. It names paths, never a value: packs see secrets in clear. */
export interface Finding {
  readonly at: Subject;
  /** Where in its properties. */
  readonly path: string;
  /** Completes "expected …". */
  readonly expected: string;
  /** Other objects whose exception counts, where the resource has no annotations or a whole decides for its parts. */
  readonly excusedBy?: readonly Excuse[];
}

export interface Excuse {
  readonly at: Subject;
  /** What follows the rule's name in the annotation, where one object speaks for several. */
  readonly part?: string;
}

/** Advice is shown; everything else stops an update. */
export type Severity = "low" | "medium" | "high" | "critical";

interface Described {
  readonly name: RuleName;
  /** What it asks for, in one sentence; docs/POLICY.md shows it. */
  readonly description: string;
  readonly severity: Severity;
}

/** A rule on one resource by itself: it stops an update before that resource is made. */
export interface ObjectRule extends Described {
  readonly of: "object";
  readonly check: (subject: Subject, facts: Facts) => readonly Finding[];
}

/** A rule on how resources fit together. */
export interface StackRule extends Described {
  readonly of: "stack";
  readonly check: (subjects: readonly Subject[], facts: Facts) => readonly Finding[];
}

export type Rule = ObjectRule | StackRule;

/** A rule that is not kept. */
export interface Violation {
  readonly rule: RuleName;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
}

/** A rule that need not be kept, and why. */
export interface Exception {
  readonly rule: RuleName;
  readonly title: string;
  readonly reason: string;
}
