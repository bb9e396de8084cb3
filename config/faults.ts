import { distance } from "fastest-levenshtein";

export type Path = readonly PropertyKey[];

/** Stands for a value that may be a secret in clear, and so is neither kept nor shown. */
export const hidden = Symbol("not shown");

/** One thing that is wrong with a stack's settings. */
export interface Fault {
  /** From the top of the settings: `["thunderline", "web", "scaling"]`. */
  readonly path: Path;
  /** What was found there; left out where nothing was. */
  readonly value?: unknown;
  /** Completes the sentence "expected …". */
  readonly expected: string;
  /** What to do about it, where a correct value alone is not the answer. */
  readonly mend?: string;
  /** Other settings that this one was judged by: while one of them is at fault, this may not be. */
  readonly judgedBy?: readonly Path[];
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
  const found = fault.value === undefined ? "nothing is set" : `got ${shown(fault.value)}`;
  const mend = fault.mend === undefined ? "" : `; ${fault.mend}`;
  return `  ${settingName(fault.path)}: ${found}, expected ${fault.expected}${mend}`;
}

/** A setting as `pulumi config set --path` takes it: `platform:thunderline.web.ingress.host`. */
export function settingName(path: Path): string {
  const [first, ...rest] = path;
  if (first === undefined) return "platform";
  const tail = rest.map((step) => {
    if (typeof step === "number") return `[${String(step)}]`;
    const name = plainName(String(step));
    return name.startsWith('"') ? `[${name}]` : `.${name}`;
  });
  return `platform:${plainName(String(first))}${tail.join("")}`;
}

/** A name as it is, or in quotes where it has anything but letters, digits, `_` and `-`. */
export function plainName(name: string): string {
  return /^[\w-]{1,80}$/.test(name) ? name : quoted(name);
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

/** A value in a few words. Of maps and lists only the shape: somewhere in them may be a secret. */
function shown(value: unknown): string {
  if (value === hidden) return "a value that is not shown";
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : `a list of ${String(value.length)}`;
  }
  if (typeof value !== "object" || value === null) return shortened(String(value));
  const names = Object.keys(value).slice(0, longest).map(plainName);
  return names.length === 0 ? "an empty map" : `a map of ${shortened(names.join(", "))}`;
}

// What JSON leaves as it is although a terminal acts on it or does not show it.
const invisible = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Text in quotes and on one line, whatever is in it. */
function quoted(text: string): string {
  return JSON.stringify(shortened(text)).replace(
    invisible,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** At most `longest` characters, none of them cut in half. */
function shortened(text: string): string {
  const characters = Array.from(text.slice(0, 2 * longest + 2));
  return characters.length > longest ? `${characters.slice(0, longest).join("")}…` : text;
}
