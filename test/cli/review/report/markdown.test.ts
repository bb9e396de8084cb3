/**
 * A report as a comment of GitHub: never too long, and what others have written stays text in it. Does
 * not prove how GitHub shows it.
 */

import { markdown, markerOf, mostCharacters } from "../../../../cli/review/report/markdown";
import type { Item, Report, Section } from "../../../../cli/review/report/report";
import { code } from "../../../../cli/review/report/spans";
import fc from "../../../support/fast-check";

function report(sections: readonly Section[]): Report {
  return { stack: "dev", title: ["Review"], lead: [["lead"]], sections };
}

function section(noun: string, importance: number, items: readonly Item[]): Section {
  return { heading: noun, items, importance, noun };
}

function items(count: number, text: string, weight = 1): Item[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ line: [`${text} ${String(i)}`], lines: [], weight },
  }));
}

function line(text: string): string {
  const only = report([section("s", 1, [{ line: [code(text)], lines: [], weight: 1 }])]);
  return (
    markdown(only)
      .split("\n")
      .find((it) => it.startsWith("- ")) ?? ""
  );
}

describe("the length of a comment", () => {
  test("is never more than it may be, whatever is in it", () => {
    const some = fc.array(
      fc.record({
        count: fc.integer({ min: 0, max: 900 }),
        length: fc.integer({ min: 0, max: 400 }),
        importance: fc.nat(9),
        folded: fc.boolean(),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(some, (list) => {
        const sections = list.map(({ count, length, importance, folded }, i) => ({
          ...section(`n${String(i)}`, importance, items(count, "x".repeat(length))),
          ...(folded ? { fold: "more" } : {}),
        }));
        const text = markdown(report(sections));
        expect(text.length).toBeLessThanOrEqual(mostCharacters);
        expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
      }),
      { numRuns: 25 },
    );
  });

  test("is cut from the least important end, with the count of what is not shown", () => {
    const loud = section("data changes", 8, items(3, "loss"));
    const quiet = section("quiet changes", 0, items(100, "y".repeat(20), 4));
    const text = markdown(report([loud, quiet]), 1000);
    const shown = text.match(/^- y+/gm)?.length ?? 0;
    expect(text.match(/^- loss/gm)).toHaveLength(3);
    expect(shown).toBeGreaterThan(0);
    expect(text).toContain(`*${String((100 - shown) * 4)} quiet changes are not shown.*`);
  });

  test("leaves a report alone that fits", () => {
    expect(markdown(report([section("data changes", 8, items(3, "loss"))]))).not.toContain("shown");
  });
});

describe("the first line of a comment", () => {
  test("names the stack, so that the next run finds it", () => {
    expect(markdown(report([])).split("\n")[0]).toBe("<!-- platform-review:dev -->");
  });

  test("cannot be ended by a stack's name", () => {
    expect(markerOf("a --> b")).toBe("<!-- platform-review:a_--__b -->");
  });
});

describe("a value that somebody else has written", () => {
  test("does not leave its code span, whatever backticks it has", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[`a|<@ ]{1,30}$/), (value) => {
        const [, fence = "", inner = ""] = /^- (`+)(.*)$/.exec(line(value)) ?? [];
        const end = new RegExp(`(?<!\`)${fence}(?!\`)`).exec(inner);
        // The first run of backticks as long as the one that began it is the last thing in the line.
        expect(end?.index).toBe(inner.length - fence.length);
      }),
    );
  });

  test.each([
    ["<b>bold</b>", "\\<b\\>bold\\</b\\>"],
    ["**strong**", "\\*\\*strong\\*\\*"],
    ["[text](address)", "\\[text\\](address)"],
    ["a | b", "a \\| b"],
    ["- a list", "\u200b- a list"],
    ["1. a list", "\u200b1. a list"],
    ["# a heading", "\\# a heading"],
    ["@team please", "@\u200bteam please"],
    ["see #12", "see \\#\u200b12"],
    ["&lt;", "\\&lt;"],
  ])("is plain text outside of one: %s", (text, escaped) => {
    const only = report([section("s", 1, [{ line: [text], lines: [], weight: 1 }])]);
    expect(markdown(only)).toContain(`- ${escaped}\n`);
  });

  test("does not end the block of a difference", () => {
    const lines = [{ line: [code("data")], difference: ["+```", "+after"] }];
    const text = markdown(report([section("s", 1, [{ line: ["it"], lines, weight: 1 }])]));
    expect(text).toContain("    ````diff\n    +```\n    +after\n    ````\n");
  });

  test("does not leave the cell of a table", () => {
    const table = { head: ["", "CPU"], rows: [["a|b", "1"]] };
    expect(markdown(report([{ ...section("s", 1, []), table }]))).toContain("| a\\|b | 1 |");
  });
});
