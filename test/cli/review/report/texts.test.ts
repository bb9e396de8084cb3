/** The difference of two texts is one: what it leaves out is the same on both sides. */
import fc from "fast-check";

import { shortened, shortenedPair, visible } from "../../../../cli/review/report/spans";
import { jsonDifference, textDifference } from "../../../../cli/review/report/texts";
import { propertyLine } from "../../../../cli/review/report/values";

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
      ...{ values: 1, places: ["panels[Requests]"] },
    });
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
  const line = (before: unknown, after: unknown, path = "spec.it"): string =>
    propertyLine({ path, before, after })
      .line.map((span) => (typeof span === "string" ? span : "code" in span ? span.code : ""))
      .join("");

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

  test("of a list's entry does not repeat the name that its path has", () => {
    expect(line(undefined, { name: "FOO", value: "1" }, "env[FOO]")).toBe("env[FOO]: none → 1");
  });
});
