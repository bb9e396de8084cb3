import type { Environment } from "../../config/environment";
import { isRecord } from "../../config/shape";
import fc from "../support/fast-check";
import { put, type Said, saidBy, settingsBy } from "./support";

type Path = readonly string[];

/** Every place in `value` but its top. */
function paths(value: unknown, path: Path = []): Path[] {
  const below = isRecord(value) || Array.isArray(value) ? Object.entries(value) : [];
  return below.flatMap(([key, item]) => [[...path, key], ...paths(item, [...path, key])]);
}

const oddNames = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "length", "", "0"),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc.constant("k".repeat(5000)),
);

/** Values that somebody may write anywhere, by mistake or not. */
const values = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, "", 0, 1, -1, 1.5, 1e300, NaN, Infinity, [], {}),
  fc.constantFrom<unknown>("1", "500m", "512Mi", "1Gi", "a.example.com", "postgres:16", "a:latest"),
  fc.constantFrom<unknown>("fixed", "hpa", "keda", "off", "external", "existing", "dev", "prod"),
  fc.string({ unit: "binary" }),
  fc.constant("x".repeat(100_000)),
  fc.jsonValue(),
);

/** A change of a valid tree: another value, none, another name, a new name, or what stands elsewhere. */
function mutation(tree: Said): fc.Arbitrary<(value: unknown) => unknown> {
  const places = fc.constantFrom(...paths(tree));
  return fc.oneof(
    fc.tuple(places, values).map(
      ([path, to]) =>
        (value: unknown) =>
          put(value, path, to),
    ),
    places.map((path) => (value: unknown) => put(value, path, undefined)),
    fc
      .tuple(places, fc.nat(), fc.constantFrom("", "x"))
      .map(([path, index, letter]) => (value: unknown) => {
        const name = path.at(-1) ?? "";
        const at = index % (name.length + 1);
        const misspelt = `${name.slice(0, at)}${letter}${name.slice(at + 1)}`;
        return put(
          put(value, path, undefined),
          [...path.slice(0, -1), misspelt],
          valueAt(tree, path),
        );
      }),
    fc.tuple(places, oddNames, values).map(
      ([path, name, to]) =>
        (value: unknown) =>
          put(value, [...path, name], to),
    ),
    fc.tuple(places, places).map(
      ([path, other]) =>
        (value: unknown) =>
          put(value, path, valueAt(tree, other)),
    ),
  );
}

function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], tree);
}

/** What a stack may say after up to three mistakes: in its file, or in a file that says everything. */
export function arbitrary(stack: Environment): fc.Arbitrary<Said> {
  const short = saidBy(stack);
  const complete = structuredClone(settingsBy(stack)) as unknown as Said;
  const changes = fc.array(mutation(complete), { maxLength: 3 });
  return fc
    .tuple(fc.constantFrom(short, complete), changes)
    .map(([said, list]) => list.reduce<unknown>((value, change) => change(value), said))
    .filter(isRecord);
}
