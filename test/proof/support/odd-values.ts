/** What people, editors and other programs write into settings by mistake, and some on purpose. */
import fc from "../../support/fast-check";

/** A value, made when it is wanted: some are large. */
export type Value = () => unknown;

const million = 1_000_000;

/** Of another type than most settings have, or out of their range. */
const otherTypes: fc.Arbitrary<Value> = fc
  .constantFrom<unknown>(
    ...[true, false, 0, 1, -1, 1.5, 70_000, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324],
    ...["", " ", "1", "-1", "true", [], {}, [[]], [null], { from: "setting" }, [{}]],
    ...["fixed", "hpa", "keda", "off", "external", "existing", "dev", "prod", "keep", "discard"],
  )
  .map((value) => () => value);

const nothing: fc.Arbitrary<Value> = fc
  .constantFrom<unknown>(null, "", [], {}, "null", "~", [null], [""], { "": "" })
  .map((value) => () => value);

/** As Kubernetes would not read them, or as something else. */
const quantities: fc.Arbitrary<Value> = fc
  .constantFrom<unknown>(
    ...[
      "1.5.2Gi",
      "-1",
      "-1Gi",
      "1e3",
      "1E3",
      "0x10",
      " 1Gi",
      "1Gi ",
      "1 Gi",
      "１Gi",
      "1gi",
      "1GB",
    ],
    ...["0", "0m", "0Gi", "00", "01", ".5", "5.", "1.", "0.0001", "1m", "0.1m", "1k", "1Ki", "Gi"],
    ...["9999999999999999999Gi", "9007199254740993", "1Ei", "1P", "100000Ti", "NaN", "Infinity"],
    ...["1,5", "1_000", "1Gi\n", "१Gi", "1Gi\u0000", "+1Gi", "1000000", "1e-3", 1e21, 0.1, 1e-7],
  )
  .map((value) => () => value);

/** What YAML 1.1, and Pulumi in its wake, makes of words without quotes. */
const otherReadings: fc.Arbitrary<Value> = fc
  .constantFrom<unknown>(
    ...["yes", "no", "on", "off", "Y", "N", "True", "FALSE", "0o17", "017", "0b11", "1_000"],
    ...["12:30:45", "190:20:30", "2026-03-01", "2026-03-01 00:00:00 +0000 UTC", "2026-02-30"],
    ...["2026-03-01T00:00:00Z", "0001-01-01 00:00:00 +0000 UTC", ".inf", ".nan", "<<", "!!str"],
    ...["&a", "*a", "{{ .Values.x }}", "${HOME}", "$(HOME)", "[]", "{}", "- a", "a: b", "# no"],
  )
  .map((value) => () => value);

/** Characters that are not what they look like, or that no place for text expects. */
export const oddCharacters = [
  ...["\u202e", "\u200f", "\u2066", "\u061c", "\u0000", "\u0007", "\u001b[31m", "\u007f", "\u0085"],
  ...["\ud800", "\udc00", "\udfff\ud800", "😀", "👩‍👩‍👧", "\u200b", "\u200d", "\ufeff", "\u00ad"],
  ...["а", "ο", "ｗ", "ı", "ſ", "K", "é", "e\u0301", "ß", "\u2028", "\n", "\r\n", "\t", "\u00a0"],
  ...[
    "'",
    '"',
    "`",
    "\\",
    "$",
    "%",
    "{{",
    "}}",
    "${",
    "/",
    "../",
    "@",
    "#",
    ";",
    "|",
    "&",
    "\ufffe",
  ],
] as const;

/** A text with such a character in it. */
export const oddText = (text: string): fc.Arbitrary<Value> =>
  fc.tuple(fc.constantFrom(...oddCharacters), fc.nat(text.length)).map(([character, index]) => {
    const odd = text.slice(0, index) + character + text.slice(index);
    return () => odd;
  });

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = "x";
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

/** More than any setting is meant to hold. */
export const huge = {
  "a text of a million letters": () => "x".repeat(million),
  "a text of a million letters with a dot between each two": () => "a.".repeat(million / 2) + "a",
  "an image's name of a million letters": () => `${"a/".repeat(million / 2)}a:1.0.0`,
  "a text of a million digits": () => `${"9".repeat(million)}Gi`,
  "a text of a million emoji": () => "😀".repeat(million),
  "a list of a million numbers": () => Array.from({ length: million }, (_, index) => index),
  "a list of a hundred thousand texts": () => Array.from({ length: million / 10 }, () => "x"),
  "a map of a hundred thousand names": () =>
    Object.fromEntries(Array.from({ length: million / 10 }, (_, i) => [`k${String(i)}`, "v"])),
  "four thousand maps in one another": () => nested(4000, (inner) => ({ a: inner })),
  "four thousand lists in one another": () => nested(4000, (inner) => [inner]),
} as const satisfies Readonly<Record<string, Value>>;

/** Names that no setting has. Some are those of what every JavaScript object has. */
export const oddNames: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length"),
  fc.constantFrom(
    "",
    " ",
    "0",
    "-1",
    "a.b",
    "a[0]",
    '"',
    "\u202e",
    "\u0000",
    "\ud800",
    "😀",
    "null",
  ),
  fc.constantFrom("k".repeat(100_000), "name", "enabled", "replicas", "<<", "*", "host\u200b"),
  fc.string({ unit: "binary", maxLength: 8 }),
);

const amounts = ["100m", "2", "0.5", "3000m", "300Mi", "1536Mi", "1G", "10Ti", "77k", "64Gi"];

/** As a person changes a value who knows what is wanted. It may be wrong all the same, beside others. */
export function neighbours(value: unknown): fc.Arbitrary<Value> {
  if (typeof value === "boolean") return fc.constant(() => !value);
  if (typeof value === "number") {
    return fc.constantFrom(value - 1, value + 1, value * 2, value * 10, 1).map((one) => () => one);
  }
  if (typeof value !== "string") return fc.constant(() => undefined);
  return /^[\d.]+([a-zA-Z]{1,2})?$/.test(value)
    ? fc.constantFrom(...amounts).map((one) => () => one)
    : fc.constantFrom("x", "-2", ".y", "/z", "A").map((end) => () => value + end);
}

/** Any of the values, by what is odd about them. */
export const values: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  "a value of another type or range": otherTypes,
  nothing,
  "a wrong quantity": quantities,
  "a value that YAML reads as another": otherReadings,
};

export const anyValue: fc.Arbitrary<Value> = fc.jsonValue().map((value) => () => value);
