/**
 * Proves that objects are written so that whoever reads them, by YAML 1.1 as kubectl does or by 1.2, reads
 * the same texts. kubectl's own reading of them is not tried.
 */
import { parse } from "yaml";

import { documentsIn, documentsOf } from "../../../cli/backup/documents";

const texts = ["on", "off", "yes", "no", "y", "n", "~", "null", "012", "0x1f", "1_000", "1:30"];
const others = ["1e3", ".5", "2026-01-01", "2026-01-01T00:00:00Z", "=", "a: b", "", " a\n\n"];

it.each([...texts, ...others])("%j stays a text, as a value and as a name", (text) => {
  const object = { data: { a: text, [text]: "b" } };
  const written = documentsOf([object]);
  for (const version of ["1.1", "1.2"] as const) {
    expect(parse(written, { version })).toEqual(object);
  }
  expect(documentsIn(written)).toEqual([object]);
});

it("numbers, truths and nothing stay what they are", () => {
  const object = { a: 1, b: 0.5, c: true, d: null, e: [], f: {} };
  expect(documentsIn(documentsOf([object, object]))).toEqual([object, object]);
});
