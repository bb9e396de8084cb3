import type { RuleName } from "../names";

/** A tool whose rules ours are held against. */
export const toolNames = ["kube-score", "checkov", "kube-linter", "polaris", "nsa"] as const;
export type ToolName = (typeof toolNames)[number];

/** The tools that the tests run over the rendered stacks. */
export type Scanner = "kube-score" | "checkov";

/** How a check of somebody else's is answered here. */
export type Answer =
  | {
      /** Rules of the pack ask for the same. */
      readonly by: "rules";
      readonly rules: readonly RuleName[];
    }
  | {
      /** A tool asks for it, run over the rendered stacks by the tests. */
      readonly by: "scan";
      readonly scanner: Scanner;
      /** The check of that tool, where the one that is answered is another tool's. */
      readonly check?: string;
    }
  | {
      /** The components cannot say it; a test of its own looks through the rendered objects. */
      readonly by: "components";
      readonly note: string;
    }
  | {
      /** The API server or Pod Security refuses it. */
      readonly by: "server";
      readonly note: string;
    }
  | {
      /** Decided otherwise. */
      readonly by: "decision";
      readonly note: string;
      /** What is asked for instead. */
      readonly rules?: readonly RuleName[];
    }
  | {
      /** No object of this program: the control plane, or the nodes. */
      readonly by: "elsewhere";
      readonly note: string;
    };

/** A tool with the answer to each of its checks. */
export interface Tool {
  readonly title: string;
  /** The version that the list is of, and where it is from. */
  readonly source: string;
  readonly checks: Readonly<Record<string, Answer>>;
}

/** A finding of a scanner that is right and wanted. */
export interface ScanException {
  readonly tool: Scanner;
  readonly check: string;
  /** In which stacks; all where it is left out. */
  readonly stacks?: readonly string[];
  /** `KIND/NAMESPACE/NAME`, a Job without its hash; `*` stands for any text within a part. */
  readonly objects: readonly string[];
  readonly reason: string;
}

export function rules(...names: readonly RuleName[]): Answer {
  return { by: "rules", rules: names };
}

export function scan(scanner: Scanner, check?: string): Answer {
  return check === undefined ? { by: "scan", scanner } : { by: "scan", scanner, check };
}

export function components(note: string): Answer {
  return { by: "components", note };
}

export function server(note: string): Answer {
  return { by: "server", note };
}

export function decision(note: string, ...names: readonly RuleName[]): Answer {
  return { by: "decision", note, rules: names };
}

export function elsewhere(note: string): Answer {
  return { by: "elsewhere", note };
}

/** The same answer to many checks. */
export function all(answer: Answer, checks: readonly string[]): Readonly<Record<string, Answer>> {
  return Object.fromEntries(checks.map((check) => [check, answer]));
}
