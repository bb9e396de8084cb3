import { type Fault, hidden, type Path } from "./faults";
import { isRecord } from "./shape";

/** What no setting may be, whichever it is. */

const longestText = 10_000;
const mostEntries = 1000;
/** Settings are about ten deep. */
const deepest = 32;

/**
 * What is so large that nobody has written it. The schema is asked only about what is not, so that an
 * answer comes at once whatever a stack file holds.
 */
export function oversized(value: unknown, path: Path = []): readonly Fault[] {
  if (typeof value === "string") {
    const expected = `a text of at most ${String(longestText)} characters`;
    return value.length > longestText ? [{ path, value: hidden, expected }] : [];
  }
  if (!isRecord(value) && !Array.isArray(value)) return [];
  if (path.length > deepest) {
    return [{ path, value, expected: `at most ${String(deepest)} maps and lists in one another` }];
  }
  const entries = entriesOf(value);
  if (entries.length > mostEntries) {
    return [{ path, value, expected: `at most ${String(mostEntries)} entries` }];
  }
  return entries.flatMap(([step, below]) => oversized(below, [...path, step]));
}

/** Texts and names that no file, variable or object takes as they are. */
export function unfitTexts(value: unknown, path: Path = []): readonly Fault[] {
  if (typeof value === "string") {
    // It may be a secret in clear.
    return unfit(value) ? [{ path, value: hidden, expected: wholeText }] : [];
  }
  if (!isRecord(value) && !Array.isArray(value)) return [];
  return entriesOf(value).flatMap(([step, below]) => {
    const place = [...path, step];
    return typeof step === "string" && unfit(step)
      ? [{ path: place, value: step, expected: wholeText }]
      : unfitTexts(below, place);
  });
}

const wholeText = "a text without control characters and halves of characters";

/** Tabs and line ends are text. A lone surrogate is half of a character. */
function unfit(text: string): boolean {
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u.test(text);
}

function entriesOf(value: unknown[] | Record<string, unknown>): [string | number, unknown][] {
  return Array.isArray(value) ? [...value.entries()] : Object.entries(value);
}
