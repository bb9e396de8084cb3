import type { Inventory, ReadingName } from "./inventory";
import { maskedText } from "./mask";

/**
 * Worst first. `critical`: does not work now, or ought not to be there any more. `warning`: works, and
 * will hurt. `unchecked`: nobody has looked, so it may be either. `notice`: worth knowing.
 */
export const levels = ["critical", "warning", "unchecked", "notice"] as const;
export type Level = (typeof levels)[number];

/** A command by its words, and what it reads. */
export interface Command {
  readonly argv: readonly string[];
  readonly input?: string;
  /** What is done where this one went well, and not otherwise. */
  readonly then?: Command;
}

/** How something is mended: in words, and by which commands where there are any. */
export interface Mend {
  readonly text: string;
  readonly commands: readonly Command[];
}

/** What was found of one thing. */
export interface Finding {
  readonly level: Level;
  /** By which rule, `image-pull`. */
  readonly rule: string;
  /** `Deployment thunder/web`. */
  readonly subject: string;
  /** Where it is; undefined where it is in no namespace, or in several. */
  readonly namespace?: string;
  /** What is wrong, in one sentence without an end. */
  readonly what: string;
  /** What was seen, a line each. */
  readonly evidence: readonly string[];
  readonly mend: Mend;
}

/** What a rule has found, before it is told by which rule. */
export type Found = Omit<Finding, "rule">;

/** One concern. It looks at what was read, asks nothing, and changes nothing. */
export interface Rule {
  readonly name: string;
  /** What it looks for, in a few words: `images that cannot be pulled`. */
  readonly about: string;
  /** What has to have been read, or the rule would find what is not so. */
  readonly needs: readonly ReadingName[];
  readonly find: (inventory: Inventory) => readonly Found[];
}

/** All that an audit knows. Findings are worst first. */
export interface Audit {
  readonly context: string;
  /** When it was made, in ISO 8601. */
  readonly at: string;
  /** Holds releases with their values and records in clear: reports show neither. */
  readonly inventory: Inventory;
  readonly findings: readonly Finding[];
}

export function kubectl(...argv: readonly string[]): Command {
  return { argv: ["kubectl", ...argv] };
}

export function helm(...argv: readonly string[]): Command {
  return { argv: ["helm", ...argv] };
}

/** A command of this program: `npm run NAME -- ARGUMENTS`. */
export function npmRun(name: string, ...args: readonly string[]): Command {
  return { argv: ["npm", "run", name, "--", ...args] };
}

/** Creates or changes an object that the command itself brings along. */
export function kubectlApply(object: object): Command {
  return { argv: ["kubectl", "apply", "-f", "-"], input: JSON.stringify(object) };
}

/** The second one after the first, and not where the first has failed. */
export function andThen(first: Command, then: Command): Command {
  return { ...first, then };
}

export function mend(text: string, ...commands: readonly Command[]): Mend {
  return { text, commands };
}

/** A finding as it is shown: what others have written into it may hold a secret. */
export function shown(rule: string, found: Found): Finding {
  return {
    ...found,
    rule,
    what: maskedText(found.what),
    evidence: found.evidence.map(maskedText),
  };
}

/** How many there are of each level. */
export function countsOf(findings: readonly Finding[]): Readonly<Record<Level, number>> {
  const count = (level: Level): number => findings.filter((it) => it.level === level).length;
  return {
    critical: count("critical"),
    warning: count("warning"),
    unchecked: count("unchecked"),
    notice: count("notice"),
  };
}

/** Those of a level or a worse one. */
export function atOrAbove(level: Level, findings: readonly Finding[]): readonly Finding[] {
  const worst = levels.slice(0, levels.indexOf(level) + 1);
  return findings.filter((it) => worst.includes(it.level));
}
