import type { Curve, Result } from "./model";

/** The results as they are read on a terminal. */
export function resultsAsText(results: readonly Result[]): string {
  return results.map(resultAsText).join("\n\n");
}

function resultAsText({ title, sides, ratios, curves, notes }: Result): string {
  const wide = Math.max(...[...sides, ...ratios].map(({ name }) => name.length));
  const row = (name: string, text: string): string => `  ${name.padEnd(wide)}  ${text}`;
  return [
    title,
    ...sides.map(({ name, seconds, runs }) => row(name, `${seconds.toFixed(2)} s${spread(runs)}`)),
    ...ratios.map(({ name, value, target }) =>
      row(name, target === undefined ? value.toFixed(2) : judged(value, target)),
    ),
    ...curves.flatMap(curveAsText),
    ...notes.map((note) => `  ${note}`),
  ].join("\n");
}

/** `1.08, wanted at most 1.10`. */
function judged(value: number, target: number): string {
  const verdict = value <= target ? "" : ": more than was wanted";
  return `${value.toFixed(2)}, wanted at most ${target.toFixed(2)}${verdict}`;
}

function spread(runs: readonly number[]): string {
  if (runs.length < 2) return "";
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  return `  (${least.toFixed(2)} to ${most.toFixed(2)}, ${runs.length} runs)`;
}

function curveAsText({ name, points }: Curve): string[] {
  return [`  ${name}`, ...points.map(({ x, y }) => `    ${x}: ${y.toFixed(1)} s`)];
}
