import type { Result } from "./model";
import type { Speed } from "./write";

const [begin, end] = ["<!-- figures -->", "<!-- end of the figures -->"] as const;

/** The page with these figures between its marks. */
export function page(text: string, speed: Speed): string {
  const [before] = text.split(begin);
  const after = text.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`No ${begin} … ${end}.`);
  return `${before}${begin}\n\n${figures(speed)}\n\n${end}${after}`;
}

/** The figures as tables, one for each benchmark. */
export function figures({ machine, versions, results }: Speed): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.cores} cores (${machine.processor}); ${named.join(", ")}.`,
    ...results.map(resultAsTable),
  ].join("\n\n");
}

function resultAsTable({ title, sides, ratios, curves, notes }: Result): string {
  const rows = [
    ...sides.map(({ name, seconds }) => `| ${name} | ${seconds.toFixed(2)} s | |`),
    ...ratios.map(
      ({ name, value, target }) =>
        `| ${name} | **${value.toFixed(2)}** | ${target === undefined ? "" : `at most ${target.toFixed(2)}`} |`,
    ),
    ...curves.map(
      ({ name, points }) =>
        `| ${name} | ${points.map(({ x, y }) => `${x}: ${y.toFixed(1)} s`).join(", ")} | |`,
    ),
  ];
  return [
    `### ${title.charAt(0).toUpperCase()}${title.slice(1)}`,
    "",
    "| | | wanted |",
    "| --- | --- | --- |",
    ...rows,
    "",
    ...notes.map((note) => `- ${note.trim()}`),
  ].join("\n");
}
