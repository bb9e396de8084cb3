/** Lines of a text that are not on the other side, in order: `-` those before, `+` those after. */
export interface TextDifference {
  readonly removed: number;
  readonly added: number;
  readonly lines: readonly string[];
}

/** More than this is counted without looking for the shortest difference. */
const mostCells = 1_000_000;

/** The difference of two texts by lines. */
export function textDifference(before: string, after: string): TextDifference {
  const [was, is] = trimmed(before.split("\n"), after.split("\n"));
  const lines =
    was.length * is.length > mostCells
      ? [...was.map((line) => `-${line}`), ...is.map((line) => `+${line}`)]
      : shortest(was, is);
  return {
    removed: lines.filter((line) => line.startsWith("-")).length,
    added: lines.filter((line) => line.startsWith("+")).length,
    lines,
  };
}

/** Without the lines that both begin and end with. */
function trimmed(before: readonly string[], after: readonly string[]): [string[], string[]] {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [before.slice(start, before.length - end), after.slice(start, after.length - end)];
}

/** By the longest common subsequence. */
function shortest(before: readonly string[], after: readonly string[]): string[] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    new Array<number>(after.length + 1).fill(0),
  );
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row === undefined) continue;
      row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      [i, j] = [i + 1, j + 1];
    } else if (j >= after.length || (i < before.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(`-${before[i] ?? ""}`);
      i += 1;
    } else {
      lines.push(`+${after[j] ?? ""}`);
      j += 1;
    }
  }
  return lines;
}
