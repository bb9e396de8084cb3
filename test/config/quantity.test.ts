import { formatBytes, formatCpu, parseBytes, parseCpu } from "../../config/quantity";
import fc from "../support/fast-check";

describe("CPU", () => {
  it.each([
    ["1", 1000],
    ["2.5", 2500],
    ["0.5", 500],
    ["0.001", 1],
    ["007", 7000],
    ["1m", 1],
    ["1500m", 1500],
    ["999999", 999_999_000],
  ])("reads %s as %d thousandths of a core", (text, milli) => {
    expect(parseCpu(text)).toBe(milli);
  });

  it.each([
    ["nothing", ""],
    ["no core at all", "0"],
    ["no thousandth at all", "0m"],
    ["a negative number", "-1"],
    ["a sign", "+1"],
    ["less than a thousandth", "0.0001"],
    ["a part of a thousandth", "1.5m"],
    ["an exponent", "1e3"],
    ["a hexadecimal number", "0x10"],
    ["a unit of memory", "1Gi"],
    ["a space", "1 "],
    ["a new line", "1\n"],
    ["other digits than ASCII ones", "١"],
    ["infinity", "Infinity"],
    ["more than any machine has", "1000000"],
  ])("does not read %s: %j", (_what, text) => {
    expect(parseCpu(text)).toBeUndefined();
  });

  it.each([
    [1000, "1"],
    [1500, "1500m"],
    [1, "1m"],
  ])("is written as Kubernetes does: %d is %s", (milli, text) => {
    expect(formatCpu(milli)).toBe(text);
  });

  it("stays the same when written and read again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (milli) => {
        expect(parseCpu(formatCpu(milli))).toBe(milli);
      }),
    );
  });

  it("is the same amount in cores as in thousandths", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (milli) => {
        const whole = Math.floor(milli / 1000);
        const cores = `${String(whole)}.${String(milli % 1000).padStart(3, "0")}`;
        expect(parseCpu(cores)).toBe(parseCpu(`${String(milli)}m`));
      }),
    );
  });
});

const factors = {
  "": 1n,
  k: 1000n,
  M: 1000n ** 2n,
  G: 1000n ** 3n,
  T: 1000n ** 4n,
  Ki: 1024n,
  Mi: 1024n ** 2n,
  Gi: 1024n ** 3n,
  Ti: 1024n ** 4n,
} as const;
type Unit = keyof typeof factors;
const units = Object.keys(factors) as Unit[];

/** Any amount that fits a whole number of JavaScript, with its exact size. */
const amount = fc
  .tuple(fc.integer({ min: 1, max: 8000 }), fc.constantFrom(...units))
  .map(([number, unit]) => ({
    text: `${String(number)}${unit}`,
    exact: BigInt(number) * factors[unit],
  }));

describe("memory and storage", () => {
  it.each([
    ["1", 1],
    ["512Mi", 536_870_912],
    ["1Gi", 1_073_741_824],
    ["1G", 1_000_000_000],
    ["1k", 1000],
    ["1Ki", 1024],
    ["8191Ti", 9_006_099_743_113_216],
  ])("reads %s as %d bytes", (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each([
    ["nothing", ""],
    ["no byte at all", "0"],
    ["no byte with a unit", "0Gi"],
    ["a leading zero", "01Gi"],
    ["a negative number", "-1Gi"],
    ["a part of a unit", "1.5Gi"],
    ["thousandths of a byte", "500m"],
    ["a unit that does not exist", "1Xi"],
    ["the name of something else that every object has", "1constructor"],
    ["a unit in the wrong case", "1gi"],
    ["a unit alone", "Gi"],
    ["a unit written out", "1GiB"],
    ["a space", "1 Gi"],
    ["more bytes than a whole number holds", "8192Ti"],
    ["more digits than anybody means", "1".repeat(100)],
  ])("does not read %s: %j", (_what, text) => {
    expect(parseBytes(text)).toBeUndefined();
  });

  it("has the size that exact arithmetic gives", () => {
    fc.assert(
      fc.property(amount, ({ text, exact }) => {
        expect(parseBytes(text)).toBe(Number(exact));
      }),
    );
  });

  it("keeps its order", () => {
    fc.assert(
      fc.property(amount, amount, (one, other) => {
        const difference = (parseBytes(one.text) ?? NaN) - (parseBytes(other.text) ?? NaN);
        const exact = one.exact - other.exact;
        expect(Math.sign(difference)).toBe(exact > 0n ? 1 : exact < 0n ? -1 : 0);
      }),
    );
  });

  it("stays the same when written and read again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        const written = formatBytes(bytes);
        // More than twelve digits are read with a unit alone.
        fc.pre(/^\d{1,12}(\D|$)/.test(written));
        expect(parseBytes(written)).toBe(bytes);
      }),
    );
  });

  it.each([
    [1024, "1Ki"],
    [1536 * 1024 ** 2, "1536Mi"],
    [2 * 1024 ** 4, "2Ti"],
    [1000, "1000"],
  ])("is written in the largest binary unit that divides it: %d is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("any other text", () => {
  it("is either no quantity or a whole number above 0", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[\d.]{0,6}[a-zA-Z]{0,2}$/)),
        (text) => {
          for (const value of [parseCpu(text), parseBytes(text)]) {
            expect(value === undefined || (Number.isSafeInteger(value) && value > 0)).toBe(true);
          }
        },
      ),
    );
  });
});
