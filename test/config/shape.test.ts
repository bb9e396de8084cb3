import { z } from "zod";

import { isRecord, keysOf, optionsOf, own, schemaAt, valueAt, walk } from "../../config/shape";

const circle = z.strictObject({ kind: z.literal("circle"), radius: z.number() });
const square = z.strictObject({ kind: z.literal("square"), side: z.number() });
const figure = z.discriminatedUnion("kind", [circle, square]);
const drawing = z.strictObject({
  title: z.string().optional(),
  frame: figure.optional(),
  figures: z.record(z.string(), figure).default({}),
  order: z.array(z.strictObject({ name: z.string() })),
});

describe("the keys of a schema", () => {
  it("are those of an object", () => {
    expect(Object.keys(keysOf(drawing, undefined) ?? {})).toEqual([
      "title",
      "frame",
      "figures",
      "order",
    ]);
  });

  it("are those of the option that the value chooses", () => {
    expect(Object.keys(keysOf(figure, { kind: "square" }) ?? {})).toEqual(["kind", "side"]);
  });

  it("are found through optional and default", () => {
    expect(
      Object.keys(keysOf(square.default({ kind: "square", side: 1 }).optional(), {}) ?? {}),
    ).toEqual(["kind", "side"]);
  });

  it.each([
    ["a union without a choice", figure, {}],
    ["a union with a wrong choice", figure, { kind: "toString" }],
    ["a union in the place of which there is text", figure, "circle"],
    ["a map by any name", drawing.shape.figures, {}],
    ["a plain value", z.string(), "x"],
  ])("are not known for %s", (_what, schema, value) => {
    expect(keysOf(schema, value)).toBeUndefined();
  });
});

describe("the options of a union", () => {
  it("are its discriminator and the values of it", () => {
    expect(optionsOf(figure.optional())).toEqual({
      discriminator: "kind",
      values: ["circle", "square"],
    });
  });

  it("are none for anything else", () => {
    expect(optionsOf(circle)).toBeUndefined();
  });
});

describe("the schema at a path", () => {
  const value = { frame: { kind: "circle" }, figures: { a: { kind: "square" } }, order: [{}] };

  it.each([
    ["nothing", [], drawing],
    ["an object", ["title"], drawing.shape.title],
    ["a union's option", ["frame", "radius"], circle.shape.radius],
    ["a map by any name", ["figures", "a", "side"], square.shape.side],
    ["a list", ["order", 0, "name"], drawing.shape.order.element.shape.name],
  ])("goes through %s", (_what, path, schema) => {
    expect(schemaAt(drawing, path, value)).toBe(schema);
  });

  it.each([
    ["an unknown key", ["colour"]],
    ["a key of another option", ["frame", "side"]],
    ["a key that every object has", ["constructor"]],
    ["a key that every object has, further down", ["frame", "toString", "length"]],
    ["the inside of a plain value", ["title", "length"]],
  ])("ends at %s", (_what, path) => {
    expect(schemaAt(drawing, path, value)).toBeUndefined();
  });
});

describe("the value at a path", () => {
  it.each([
    [["a", "b", 1], 2],
    [["a"], { b: [1, 2] }],
    [["a", "c"], undefined],
    [["a", "b", "c", "d"], undefined],
    [["a", "constructor"], undefined],
    [["a", "b", "map"], undefined],
  ])("%j is %j", (path, value) => {
    expect(valueAt({ a: { b: [1, 2] } }, path)).toEqual(value);
  });
});

describe("a value's own key", () => {
  it.each([["text"], [null], [undefined], [1]])("does not exist in %j", (value) => {
    expect(own(value, "length")).toBeUndefined();
  });
});

describe("a map", () => {
  it.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    ["{}", false],
  ])("%j is one: %j", (value, answer) => {
    expect(isRecord(value)).toBe(answer);
  });
});

describe("a walk", () => {
  it("visits each value with its own schema, maps before what is in them", () => {
    const visits: [z.ZodType, string][] = [];
    const value = { frame: { kind: "circle", radius: 1 }, figures: {}, order: [{ name: "x" }] };
    walk(drawing, value, (schema, _value, path) => visits.push([schema, path.join(".")]));
    expect(visits.map(([, path]) => path)).toEqual([
      "",
      "frame",
      "frame.kind",
      "frame.radius",
      "figures",
      "order",
      "order.0",
      "order.0.name",
    ]);
    expect(visits[1]?.[0]).toBe(figure);
  });

  it("passes over what the schema does not know", () => {
    const paths: string[] = [];
    walk(square, { kind: "square", toString: 1, other: {} }, (_schema, _value, path) =>
      paths.push(path.join(".")),
    );
    expect(paths).toEqual(["", "kind"]);
  });
});
