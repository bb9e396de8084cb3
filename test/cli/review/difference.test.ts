/** Where two declared objects differ, as a reviewer reads it. */
import { type Difference, differences, propertyChanges } from "../../../cli/review/difference";
import fc from "../../support/fast-check";

function pod(...env: object[]): object {
  return { spec: { containers: [{ name: "web", image: "a:1", env }] } };
}

const a = { name: "A", value: "1" };
const b = { name: "B", value: "2" };
const c = { name: "C", value: "3" };

describe("two objects", () => {
  it("that are alike differ in nothing", () => {
    expect(propertyChanges(pod(a), pod({ ...a }))).toEqual([]);
  });

  it("with a variable more in the middle differ in that variable alone", () => {
    expect(propertyChanges(pod(a, c), pod(a, b, c))).toEqual([
      { path: "spec.containers[web].env[B]", after: b },
    ]);
  });

  it("with another value of a variable name the variable, not its place", () => {
    expect(propertyChanges(pod(a, b), pod(a, { ...b, value: "9" }))).toEqual([
      { path: "spec.containers[web].env[B].value", before: "2", after: "9" },
    ]);
  });

  it("with variables in another order say so in one line", () => {
    expect(propertyChanges(pod(a, b), pod(b, a))).toEqual([
      { path: "spec.containers[web].env (order)", before: ["A", "B"], after: ["B", "A"] },
    ]);
  });

  it.each([
    ["ports without a name by their number", "containerPort", 80, 81],
    ["mounts by their path", "mountPath", "/a", "/b"],
    ["hosts by their name", "host", "a.example.com", "b.example.com"],
  ])("tell apart %s", (_, key, one, other) => {
    const kept = { [key]: one, more: true };
    const added = { [key]: other };
    expect(propertyChanges({ list: [kept] }, { list: [added, kept] })).toEqual([
      { path: `list[${other}]`, after: added },
    ]);
  });

  it("compare entries that cannot be told apart by their places, if they are as many", () => {
    const egress = (port: number): object => ({ egress: [{ ports: [{ port }] }, {}] });
    expect(propertyChanges(egress(1), egress(2))).toEqual([
      { path: "egress[0].ports[1]", before: { port: 1 } },
      { path: "egress[0].ports[2]", after: { port: 2 } },
    ]);
  });

  it("show a list of such entries as a whole, if they are more or fewer", () => {
    expect(propertyChanges({ rules: [{}] }, { rules: [{}, {}] })).toEqual([
      { path: "rules", before: [{}], after: [{}, {}] },
    ]);
  });

  it("have a line for each annotation, the first one too, with its name in quotes", () => {
    const after = { metadata: { annotations: { "example.com/a": "1", b: "2" } } };
    expect(propertyChanges({ metadata: {} }, after)).toEqual([
      { path: "metadata.annotations.b", after: "2" },
      { path: 'metadata.annotations["example.com/a"]', after: "1" },
    ]);
  });
});

describe("any two values", () => {
  const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom("x", "y"), fc.boolean());
  const key = fc.constantFrom("spec", "data", "labels", "name", "toString");
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.dictionary(key, tie("value"), { maxKeys: 3 }),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.uniqueArray(fc.record({ name: fc.constantFrom("a", "b", "c"), value: tie("value") }), {
        selector: ({ name }) => name,
        maxLength: 3,
      }),
    ),
  })).value;

  it("differ in nothing exactly where they are equal", () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        expect(differences(before, after).length === 0).toBe(same(before, after));
        expect(differences(before, structuredClone(before))).toEqual([]);
      }),
    );
  });

  it("differ the other way round in the same places, with old and new exchanged", () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const back = differences(after, before).map(exchanged);
        expect(new Set(back.map(text))).toEqual(new Set(differences(before, after).map(text)));
      }),
    );
  });

  it("become the second where the differences are applied to the first", () => {
    fc.assert(
      fc.property(value, value, (before, after) => {
        const applied = differences(before, after).reduce(apply, structuredClone(before));
        expect(sorted(applied)).toEqual(sorted(after));
      }),
      { numRuns: 1000 },
    );
  });
});

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(sortedKeys(one)) === JSON.stringify(sortedKeys(other));
}

function exchanged({ before, after, ...rest }: Difference): Difference {
  return { ...rest, before: after, after: before };
}

function text({ path, before, after, order }: Difference): string {
  return JSON.stringify([path, sortedKeys(before) ?? "-", sortedKeys(after) ?? "-", order]);
}

type Node = Record<string | number, unknown>;

/** Entries that have come stand at the end: where they were put is not among the differences. */
function apply(value: unknown, { path, after, order }: Difference): unknown {
  if (order === true) return value;
  const [step, ...rest] = path;
  if (step === undefined) return after;
  if (typeof step === "object") {
    const list = [...(value as Node[])];
    const at = list.findIndex((entry) => entry[step.by] === step.key);
    const next = apply(list[at], { path: rest, after });
    if (next === undefined) return list.filter((_, i) => i !== at);
    return at < 0 ? [...list, next] : list.with(at, next as Node);
  }
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Node) }) as Node;
  const next = apply(Object.hasOwn(copy, step) ? copy[step] : undefined, { path: rest, after });
  if (next === undefined) Reflect.deleteProperty(copy, step);
  else copy[step] = next;
  return copy;
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([name, inner]) => [name, sortedKeys(inner)]),
  );
}

/** Lists in one order, so that only what is in them counts. A map whose last key goes is left empty. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(sorted(item))).sort();
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(sortedKeys(value) as object)
    .map(([name, inner]) => [name, sorted(inner)] as const)
    .filter(([, inner]) => JSON.stringify(inner) !== "{}");
  return Object.fromEntries(entries);
}
