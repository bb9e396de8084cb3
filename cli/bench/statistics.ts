/** The middle one; of an even number, the upper of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** A point of a curve. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How far the curve is from a straight line: the greatest distance of a point, as a part of the line's value. */
export function bend(points: readonly Point[]): number {
  const n = points.length;
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / n;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = mean((point) => (point.x - x) ** 2);
  const slope = spread === 0 ? 0 : mean((point) => (point.x - x) * (point.y - y)) / spread;
  return Math.max(
    ...points.map((point) => {
      const line = y + slope * (point.x - x);
      return Math.abs(point.y - line) / line;
    }),
  );
}
