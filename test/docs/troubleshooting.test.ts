/** Proves that every known fault and every section is in the page; whether its words mend anything, nobody can test. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = (name: string): string => readFileSync(join(__dirname, "../../docs", name), "utf8");
const troubleshooting = page("TROUBLESHOOTING.md");

function faultsIn(text: string): readonly string[] {
  return [...new Set(text.match(/\b(TL|FM|PH|TE)-T\d\d\b/g))].sort();
}

it("docs/TROUBLESHOOTING.md has each fault of docs/DECISIONS.md, and no other", () => {
  expect(faultsIn(troubleshooting)).toEqual(faultsIn(page("DECISIONS.md")));
});

it("docs/TROUBLESHOOTING.md lists each of its sections at its top", () => {
  const [head = "", ...rest] = troubleshooting.split(/^(?=## )/m);
  const headings = rest.join("").match(/^##+ .*$/gm) ?? [];
  const anchors = headings.map((heading) =>
    heading
      .replace(/^#+ /, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  expect(anchors.filter((anchor) => !head.includes(`(#${anchor})`))).toEqual([]);
});
