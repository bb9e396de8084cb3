/** Proves that a value gets into a YAML text, and that nothing else of the text moves. */
import { parse } from "yaml";

import { withValue } from "../../../cli/promote/edit";
import fc from "../../support/fast-check";

const path = ["a", "b", "image"];

it.each([
  ["a plain text", "a:\n  b:\n    image: x:1 # why\n", "a:\n  b:\n    image: y:2 # why\n"],
  ["one in double quotes", 'a: { b: { image:   "x:1"  } }\n', 'a: { b: { image:   "y:2"  } }\n'],
  ["one in single quotes", "a: {b: {image: 'x:1'}}\n", "a: {b: {image: 'y:2'}}\n"],
  [
    "an entry that a map lacks, behind its last one",
    "a:\n   b:\n     other: 1 # one\n\n# next\nz: 1\n",
    "a:\n   b:\n     other: 1 # one\n     image: y:2\n\n# next\nz: 1\n",
  ],
  [
    "an entry behind a list and a block of text",
    "a:\n  b:\n    list:\n    - 1\n    text: |\n      line\n\n  c: 1\n",
    "a:\n  b:\n    list:\n    - 1\n    text: |\n      line\n    image: y:2\n\n  c: 1\n",
  ],
  ["maps that are missing too", "a:\n  c: 1\n", "a:\n  c: 1\n  b:\n    image: y:2\n"],
  ["an entry of a map in brackets", "a: {b: {c:   1 }}\n", "a: {b: {c:   1, image: y:2 }}\n"],
  ["a map in brackets that is empty", "a:\n  b: {}\n", "a:\n  b: { image: y:2 }\n"],
  ["a key without a value", "a:\n  b: # later\n", "a:\n  b: { image: y:2 } # later\n"],
  ["a key that has null", "a:\n  b: ~\n", "a:\n  b: { image: y:2 }\n"],
  ["a text without a last line end", "a:\n  b:\n    c: 1", "a:\n  b:\n    c: 1\n    image: y:2\n"],
])("%s", (_what, before, after) => {
  expect(withValue(before, path, () => "y:2")).toBe(after);
});

it("a list that the text lacks is written with all its items", () => {
  const items = [{ name: "blue", image: "y:2" }];
  const valueAt = (depth: number): unknown => (depth === 2 ? items : "y:2");
  expect(withValue("a:\n  c: 1\n", ["a", "list", 0, "image"], valueAt)).toBe(
    "a:\n  c: 1\n  list:\n    - name: blue\n      image: y:2\n",
  );
});

it("an item of a list that the text has is changed where it is", () => {
  const text = "a:\n  - { name: green }\n  - { name: blue, image: x:1 }\n";
  expect(withValue(text, ["a", 1, "image"], () => "y:2")).toBe(text.replace("x:1", "y:2"));
});

it.each([
  ["an alias on the way", "z: &z { image: x:1 }\na:\n  b: *z\n", "a.b is an alias"],
  ["an anchor", "a:\n  b:\n    image: &z x:1\n", "a.b.image has an anchor"],
  ["a text in place of a map", "a:\n  b: 1\n", "there is no place for a.b.image"],
  ["a map in place of a text", "a:\n  b:\n    image: { c: 1 }\n", "a.b.image is no text"],
  ["a block of text", "a:\n  b:\n    image: |\n      x\n", "a.b.image is a block of text"],
])("%s is refused", (_what, text, why) => {
  expect(() => withValue(text, path, () => "y:2")).toThrow(why);
});

it("whatever stands around it, the text then says that and nothing else", () => {
  const leaf = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
  const map = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), leaf);
  fc.assert(
    fc.property(map, map, map, fc.boolean(), (top, middle, around, inBrackets) => {
      const value = { ...top, a: { ...middle, b: around } };
      const before = inBrackets ? JSON.stringify(value) : JSON.stringify(value, undefined, 2);
      const after = withValue(before, path, () => "y:2");
      expect(parse(after)).toEqual({ ...value, a: { ...middle, b: { ...around, image: "y:2" } } });
    }),
  );
});
