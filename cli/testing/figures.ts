import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** The variable with the path of the file that proofs write their figures into. */
export const figuresVariable = "PLATFORM_FIGURES";

export const areas = ["security", "faults", "growth"] as const;

/** What a proof has shown. */
export interface Figure {
  readonly area: (typeof areas)[number];
  /** What holds, as a statement: `no pod breaks the restricted Pod Security Standard`. */
  readonly claim: string;
  /** How often it was tried. */
  readonly trials: number;
  /** What was tried, in the plural: `pods`, `points of an update`. */
  readonly of: string;
  /** What was counted or measured: `0 orphans, 0 duplicates`, `recovered in 12.1 s`. */
  readonly seen: string;
}

/** Keeps a figure for the table at the end, and says it at once. Called when its claim has held. */
export function report(figure: Figure): void {
  process.stderr.write(`proven: ${lineOf(figure)}\n`);
  const file = process.env[figuresVariable];
  if (file !== undefined && file !== "") appendFileSync(file, `${JSON.stringify(figure)}\n`);
}

/** The figures in a file, area by area and as they came. */
export function readFigures(file: string): Figure[] {
  if (!existsSync(file)) return [];
  const figures = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Figure);
  return areas.flatMap((area) => figures.filter((figure) => figure.area === area));
}

/** The figures as lines, one heading for each area. */
export function figuresAsText(figures: readonly Figure[]): string {
  return areas
    .map((area) => ({ area, own: figures.filter((figure) => figure.area === area) }))
    .filter(({ own }) => own.length > 0)
    .map(({ area, own }) => [area, ...own.map((figure) => `  ${lineOf(figure)}`)].join("\n"))
    .join("\n\n");
}

function lineOf({ claim, trials, of, seen }: Figure): string {
  return `${claim}: ${String(trials)} ${of}, ${seen}`;
}
