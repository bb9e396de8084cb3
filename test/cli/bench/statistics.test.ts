/** The arithmetic of the benchmarks. */
import { bend, median } from "../../../cli/bench/statistics";
import { inTurns, ratioOf } from "../../../cli/bench/turns";

describe("the median", () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[1, 2, 3, 100], 3],
  ])("of %j is %d", (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe("the bend of a curve", () => {
  it("is nothing on a straight line, wherever it begins", () => {
    const points = [1, 2, 4, 8].map((x) => ({ x, y: 1.5 + 3 * x }));
    expect(bend(points)).toBeCloseTo(0);
  });

  it("is the greatest distance from the line, as a part of it", () => {
    const points = [
      { x: 1, y: 10 },
      { x: 2, y: 10 },
      { x: 3, y: 16 },
    ];
    // The line through them is 12 in the middle, where the curve is 10.
    expect(bend(points)).toBeCloseTo(2 / 12);
  });

  it("tells a curve that grows with the square", () => {
    expect(bend([1, 2, 4, 8].map((x) => ({ x, y: x * x })))).toBeGreaterThan(0.1);
  });
});

describe("sides in turns", () => {
  const side = (name: string, times: readonly number[], order: string[]) => {
    let next = 0;
    const run = async () => {
      order.push(name);
      return times[next++] ?? 0;
    };
    return { name, run };
  };

  it("run one after the other, and the round that warms the caches does not count", async () => {
    const order: string[] = [];
    const sides = await inTurns(
      [
        side("a", [9_000, 1_000, 3_000, 2_000], order),
        side("b", [9_000, 4_000, 4_000, 4_000], order),
      ],
      3,
    );
    expect(order.join("")).toBe("abababab");
    expect(sides).toEqual([
      { name: "a", seconds: 2, runs: [1, 3, 2] },
      { name: "b", seconds: 4, runs: [4, 4, 4] },
    ]);
    expect(ratioOf(sides, "a", "b")).toBe(0.5);
  });

  it("count from the first round where nothing can be warmed", async () => {
    const sides = await inTurns([side("a", [1_000], [])], 1, { warm: false });
    expect(sides).toEqual([{ name: "a", seconds: 1, runs: [1] }]);
  });
});
