import { distance } from "fastest-levenshtein";

/** One thing that is wrong with a stack's settings. */
export interface Fault {
  /** From the top of the settings: `["thunderline", "web", "scaling"]`. */
  readonly path: readonly PropertyKey[];
  /** What was found there; left out where nothing was. */
  readonly value?: unknown;
  /** Completes the sentence "expected …". */
  readonly expected: string;
  /** What to do about it, where a correct value alone is not the answer. */
  readonly mend?: string;
}

/** Every fault of a stack's settings at once. Its message is fit to be shown as it is. */
export class SettingsError extends Error {
  constructor(
    stackName: string,
    readonly faults: readonly Fault[],
  ) {
    const count = faults.length === 1 ? "1 fault" : `${String(faults.length)} faults`;
    super(
      [`The settings of stack ${stackName} have ${count}:`, ...faults.map(sentence)].join("\n"),
    );
    this.name = "SettingsError";
  }
}

function sentence(fault: Fault): string {
  const found = "value" in fault ? `got ${shown(fault.value)}` : "nothing is set";
  const mend = fault.mend === undefined ? "" : `; ${fault.mend}`;
  return `  ${settingName(fault.path)}: ${found}, expected ${fault.expected}${mend}`;
}

/** A setting as `pulumi config set --path` takes it: `platform:thunderline.web.ingress.host`. */
export function settingName(path: readonly PropertyKey[]): string {
  const [first, ...rest] = path;
  if (first === undefined) return "platform";
  const tail = rest.map((step) =>
    typeof step === "number"
      ? `[${String(step)}]`
      : /^[\w-]+$/.test(String(step))
        ? `.${String(step)}`
        : `[${JSON.stringify(String(step))}]`,
  );
  return `platform:${String(first)}${tail.join("")}`;
}

/** The valid name that a misspelt one is nearest to, if one is near enough to be meant. */
export function nearest(name: string, valid: readonly string[]): string | undefined {
  const ranked = valid
    .map((candidate) => ({
      candidate,
      steps: distance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  return best !== undefined && best.steps <= Math.max(2, Math.floor(name.length / 3))
    ? best.candidate
    : undefined;
}

const longest = 80;

function shown(value: unknown): string {
  const text = (JSON.stringify(value) as string | undefined) ?? "nothing";
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
