import type { Curve, Result } from "./model";

const width = 760;
const left = 280;
const right = 40;
const bar = 26;
const chart = { height: 220, gap: 60 };
const colours = ["#2563eb", "#dc2626", "#6b7280", "#059669"];

/** The figures as a picture: each ratio beside what was wanted, and the curves below. */
export function picture(results: readonly Result[]): string {
  const ratios = ratioBars(results);
  const curves = results
    .flatMap((result) => result.curves)
    .filter(({ points }) => points.length > 0);
  const charts = curveCharts(curves, ratios.height + 30);
  const height = ratios.height + 30 + charts.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...ratios.marks,
    ...charts.marks,
    "</svg>",
    "",
  ].join("\n");
}

interface Drawing {
  readonly marks: readonly string[];
  readonly height: number;
}

function ratioBars(results: readonly Result[]): Drawing {
  const rows = results.flatMap(({ name, ratios }) =>
    ratios.map((ratio) => ({ ...ratio, label: `${name}: ${ratio.name}` })),
  );
  const most = Math.max(1, ...rows.flatMap(({ value, target = 0 }) => [value, target]));
  const scale = (value: number): number => (value / most) * (width - left - right - 40);
  const marks = rows.flatMap(({ label, value, target }, i) => {
    const top = 40 + i * bar;
    const kept = target === undefined || value <= target;
    const colour = target === undefined ? "#9ca3af" : kept ? "#2563eb" : "#dc2626";
    return [
      text(left - 8, top + 13, label, "end"),
      `<rect x="${left}" y="${top}" width="${round(scale(value))}" height="18" fill="${colour}"/>`,
      text(left + scale(Math.max(value, target ?? 0)) + 6, top + 13, value.toFixed(2)),
      ...(target === undefined
        ? []
        : [line(left + scale(target), top - 3, left + scale(target), top + 21)]),
    ];
  });
  const title = text(
    12,
    22,
    "Times as ratios; a black line is the most that was wanted",
    "start",
    14,
  );
  return { marks: [title, ...marks], height: 40 + rows.length * bar };
}

/** Previews and updates apart, because the ones take seconds and the others minutes. */
function curveCharts(curves: readonly Curve[], top: number): Drawing {
  const groups = ["preview", "up"]
    .map((verb) => ({ verb, own: curves.filter(({ name }) => name.startsWith(verb)) }))
    .filter(({ own }) => own.length > 0);
  const step = chart.height + chart.gap;
  const marks = groups.flatMap(({ verb, own }, i) => curveChart(verb, own, top + i * step));
  return { marks, height: groups.length * step };
}

function curveChart(verb: string, curves: readonly Curve[], top: number): string[] {
  const points = curves.flatMap((curve) => curve.points);
  const [mostX, mostY] = [
    Math.max(...points.map(({ x }) => x)),
    Math.max(...points.map(({ y }) => y)),
  ];
  const start = 70;
  const x = (value: number): number => start + (value / mostX) * (width - start - right - 130);
  const y = (value: number): number => top + 30 + (1 - value / mostY) * (chart.height - 30);
  const bottom = y(0);
  const ticks = [...new Set(points.map((point) => point.x))];
  return [
    text(12, top + 14, `Seconds of ${verb}, by the number of instances in one stack`, "start", 14),
    line(start, bottom, x(mostX), bottom),
    line(start, y(mostY), start, bottom),
    text(start - 6, y(mostY) + 4, mostY.toFixed(0), "end"),
    text(start - 6, bottom + 4, "0", "end"),
    ...ticks.map((tick) => text(x(tick), bottom + 16, String(tick), "middle")),
    ...curves.flatMap(({ name, points: own }, i) => {
      const colour = colours[i % colours.length] ?? "#000000";
      const path = own.map((point) => `${round(x(point.x))},${round(y(point.y))}`).join(" ");
      return [
        `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...own.map(
          (point) =>
            `<circle cx="${round(x(point.x))}" cy="${round(y(point.y))}" r="3" fill="${colour}"/>`,
        ),
        text(width - right - 120, top + 40 + i * 18, name, "start", 12, colour),
      ];
    }),
  ];
}

function text(
  x: number,
  y: number,
  content: string,
  anchor: "start" | "middle" | "end" = "start",
  size = 12,
  colour = "#111827",
): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}" fill="${colour}">${escaped}</text>`;
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#111827"/>`;
}

/** Shorter, and steady from one writing to the next. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
