/** The page of the figures says what the file of the figures says, and so does the picture. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Speed } from "../../../cli/bench";
import { page } from "../../../cli/bench/page";
import { picture } from "../../../cli/bench/picture";

const read = (name: string): string => readFileSync(join(__dirname, "../../../docs", name), "utf8");
const speed = JSON.parse(read("speed.json")) as Speed;

it("shows the figures of docs/speed.json in docs/SPEED.md", () => {
  expect(page(read("SPEED.md"), speed)).toBe(read("SPEED.md"));
});

it("draws them in docs/speed.svg", () => {
  expect(picture(speed.results)).toBe(read("speed.svg"));
});

it("replaces what is between the marks, and nothing else", () => {
  const text = "before\n<!-- figures -->\nold\n<!-- end of the figures -->\nafter\n";
  const written = page(text, { ...speed, results: [] });
  expect(written).toMatch(/^before\n<!-- figures -->\n\n\d+ cores/);
  expect(written).toMatch(/<!-- end of the figures -->\nafter\n$/);
  expect(written).not.toContain("old");
});

it("refuses a page without the marks", () => {
  expect(() => page("nothing", speed)).toThrow("No <!-- figures -->");
});
