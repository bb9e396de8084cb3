/** The difference of two texts is one: what it leaves out is the same on both sides. */

import { jsonDifference } from "../../../../cli/review/report/documents";
import { type Line, shortened, shortenedPair, visible } from "../../../../cli/review/report/spans";
import { textDifference } from "../../../../cli/review/report/texts";
import { propertyLine } from "../../../../cli/review/report/values";
import fc from "../../../support/fast-check";

const text = fc
  .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
  .map((lines) => lines.join("\n"));

describe("the difference of two texts", () => {
  test("counts as many lines more as there are", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { added, removed } = textDifference(before, after);
        expect(added - removed).toBe(after.split("\n").length - before.split("\n").length);
      }),
    );
  });

  test("is empty for the same text alone", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(textDifference(before, after).lines.length === 0).toBe(before === after);
      }),
    );
  });

  test("is the other one's with the signs turned", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [one, other] = [textDifference(before, after), textDifference(after, before)];
        expect([one.added, one.removed]).toEqual([other.removed, other.added]);
      }),
    );
  });

  test("shows the lines in order", () => {
    expect(textDifference("a\nb\nc", "a\nx\nc\nd").lines).toEqual(["-b", "+x", "+d"]);
  });
});

describe("the difference of two JSON documents", () => {
  test("names a panel by its title, wherever it stands", () => {
    const of = (...panels: object[]) => JSON.stringify({ title: "A", panels });
    const [one, two] = [{ title: "Requests", expr: "a" }, { title: "Errors" }];
    expect(jsonDifference(of(one, two), of(two, { ...one, expr: "b" }))).toEqual({
      ...{ values: 1, places: ["panels[Requests]"], properties: [] },
    });
  });

  test("has each property that differs, of what is no dashboard", () => {
    expect(jsonDifference('{"a":{"b":1}}', '{"a":{"b":2}}')?.properties).toEqual([
      { path: "a.b", before: 1, after: 2 },
    ]);
  });

  test("counts an empty list or object", () => {
    expect(jsonDifference('{"a":[]}', '{"a":{}}')?.values).toBe(1);
    expect(jsonDifference("{}", "[]")?.values).toBe(1);
  });

  test("is undefined where one of them is none", () => {
    expect(jsonDifference("{}", "{ no")).toBeUndefined();
  });
});

describe("a long value", () => {
  test("is cut to its length", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 80 }),
        fc.integer({ min: 2, max: 40 }),
        (long, most) => {
          expect(shortened(long, most).length).toBeLessThanOrEqual(most);
        },
      ),
    );
  });

  test("is cut so that what differs is still to be seen", () => {
    const around = "x".repeat(200);
    const [before, after] = shortenedPair(`${around}one${around}`, `${around}two${around}`, 60);
    expect([before.includes("one"), after.includes("two")]).toEqual([true, true]);
  });

  test.each([
    ["\u001b[31mred", "\\u001b[31mred"],
    ["a\nb", "a⏎b"],
    ["\u202eturned", "\\u202eturned"],
  ])("shows characters that move the cursor by their numbers: %j", (raw, shown) => {
    expect(visible(raw)).toBe(shown);
  });
});

describe("a property", () => {
  const plain = (spans: Line): string =>
    spans
      .map((span) => (typeof span === "string" ? span : "code" in span ? span.code : ""))
      .join("");
  const line = (before: unknown, after: unknown, path = "spec.it"): string =>
    plain(propertyLine({ path, before, after }).line);
  const parts = (before: unknown, after: unknown): string[] =>
    (
      propertyLine({
        ...{ path: "data.it", before: JSON.stringify(before), after: JSON.stringify(after) },
      }).parts ?? []
    ).map(plain);

  test.each([
    ["10Gi", "12Gi", "spec.it: 10Gi → 12Gi"],
    [undefined, 3, "spec.it: none → 3"],
    [{ a: 1 }, undefined, 'spec.it: {"a":1} → none'],
    ["", "a", "spec.it: (empty) → a"],
    ["a\nb", "a\nc\nd", "spec.it: 2 lines added, 1 removed"],
    ["04da6b54-80e4-46f7-96ec-b56ff0331ba9", "b", "spec.it: (known after the update) → b"],
  ])("from %j to %j is one line", (before, after, shown) => {
    expect(line(before, after)).toBe(shown);
  });

  test("that is a JSON document tells each value that differs", () => {
    const policy = (Resource: string, more: object) => ({
      Statement: [{ Effect: "Allow", Resource, ...more }],
    });
    const before = policy("arn:aws:s3:::app/*", { Action: [] });
    expect(parts(before, policy("arn:aws:s3:::*", { Action: ["s3:GetObject"] }))).toEqual([
      'Statement[0].Action: [] → ["s3:GetObject"]',
      "Statement[0].Resource: arn:aws:s3:::app/* → arn:aws:s3:::*",
    ]);
  });

  test("that is a JSON document says only where it differs when that is in many places", () => {
    const of = (value: number) =>
      Object.fromEntries("a b c d e f g h i".split(" ").map((key) => [key, value]));
    expect(parts(of(1), of(2))).toEqual([]);
    expect(line(JSON.stringify(of(1)), JSON.stringify(of(2)))).toBe(
      "spec.it: 9 values of a JSON document, in a, b, c and 6 more",
    );
  });

  test("that is a JSON document written otherwise says that it is the same", () => {
    expect(line('{"a":1}', '{ "a": 1 }')).toBe(
      "spec.it: the same JSON document, written otherwise",
    );
  });

  test("that differs only in what is hidden says so", () => {
    const address = "postgres://user:[secret]@host";
    expect(line(address, address)).toBe(`spec.it: ${address}, and what differs in it is secret`);
  });

  test("of a list's entry does not repeat the name that its path has", () => {
    expect(line(undefined, { name: "FOO", value: "1" }, "env[FOO]")).toBe("env[FOO]: none → 1");
  });
});
