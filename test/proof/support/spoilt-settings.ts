/** Settings of stacks as people may get them wrong: valid ones with one to three mistakes in them. */

import { type Environment, environments } from "../../../config/environment";
import { settingName } from "../../../config/faults";
import { isRecord } from "../../../config/shape";
import { put, type Said, saidBy, settingsBy } from "../../config/support";
import { encryptedKeys, thunderlineOverrides } from "../../support/arbitraries";
import fc from "../../support/fast-check";
import { cluster, faultmavenOverrides } from "../../support/faultmaven-arbitraries";
import { philotesOverrides } from "../../support/philotes-arbitraries";
import { settingsOf } from "../../support/settings";
import { telemetryOverrides } from "../../support/telemetry-arbitraries";
import {
  anyValue,
  huge,
  neighbours,
  oddCharacters,
  oddNames,
  oddText,
  type Value,
  values,
} from "./odd-values";

/** What a stack says, with mistakes. */
export interface SpoiltSettings {
  readonly stack: Environment;
  /** What was done to it, in words. */
  readonly mistakes: readonly string[];
  /** By the names below `platform:`; made when it is wanted, because some is large. */
  readonly said: () => Said;
}

type Path = readonly string[];

interface Mistake {
  readonly what: string;
  readonly make: (said: unknown) => unknown;
}

/** Every place in `value` but its top. */
function placesIn(value: unknown, path: Path = []): Path[] {
  const below = isRecord(value) || Array.isArray(value) ? Object.entries(value) : [];
  return below.flatMap(([key, item]) => [[...path, key], ...placesIn(item, [...path, key])]);
}

function valueAt(tree: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Said)[step], tree);
}

function setting(path: Path, what: string, value: Value): Mistake {
  return {
    what: `${settingName(path)} is ${what}`,
    make: (said) => put(said, path, value()),
  };
}

function misspelt(tree: Said, path: Path, index: number, letter: string): Mistake {
  const name = path.at(-1) ?? "";
  const at = index % (name.length + 1);
  const other = [...path.slice(0, -1), name.slice(0, at) + letter + name.slice(at + 1)];
  return {
    what: `${settingName(path)} is called ${settingName(other)}`,
    make: (said) => put(put(said, path, undefined), other, valueAt(tree, path)),
  };
}

/** Maps whose names are not the schema's: labels and annotations, hosts, classes, parameters. */
const freeMaps = [
  ...["monitorLabels", "dashboardLabels", "datasourceLabels", "annotations"],
  ...["externalCidrs", "ingressClasses", "storageClasses", "parameters"],
];

/** The mistakes that can be made in a tree of settings. */
function mistakeIn(tree: Said): fc.Arbitrary<Mistake> {
  const all = placesIn(tree);
  const isText = (path: Path): boolean => typeof valueAt(tree, path) === "string";
  const places = fc.constantFrom(...all);
  const leaves = fc.constantFrom(
    ...all.filter((path) => !isRecord(valueAt(tree, path)) && !Array.isArray(valueAt(tree, path))),
  );
  const texts = fc.constantFrom(...all.filter(isText));
  const maps = fc.constantFrom([], ...all.filter((path) => isRecord(valueAt(tree, path))));
  const kinds = [
    ...Object.entries(values).map(([what, arbitrary]) =>
      fc.tuple(places, arbitrary).map(([path, value]) => setting(path, what, value)),
    ),
    fc.tuple(places, anyValue).map(([path, value]) => setting(path, "any value", value)),
    texts.chain((path) =>
      oddText(valueAt(tree, path) as string).map((value) => setting(path, "odd text", value)),
    ),
    fc
      .tuple(places, fc.constantFrom(...Object.entries(huge)))
      .map(([path, [what, value]]) => setting(path, what, value)),
    fc
      .tuple(maps, oddNames, anyValue)
      .map(([path, name, value]) => setting([...path, name], "there", value)),
    fc
      .tuple(places, fc.nat(), fc.constantFrom("", "x", "é"))
      .map(([path, index, letter]) => misspelt(tree, path, index, letter)),
    places.map((path) => setting(path, "gone", () => undefined)),
  ];
  return fc.oneof(
    ...kinds.map((arbitrary) => ({ weight: 2, arbitrary })),
    // The rest is taken more often than not, and has to give valid objects.
    {
      weight: 6,
      arbitrary: leaves.chain((path) =>
        neighbours(valueAt(tree, path)).map((value) => setting(path, "changed", value)),
      ),
    },
    {
      weight: 4,
      arbitrary: places.chain((path) =>
        fc
          .constantFrom(...all.filter((other) => other.at(-1) === path.at(-1)))
          .map((other) =>
            setting(path, `that of ${settingName(other)}`, () => valueAt(tree, other)),
          ),
      ),
    },
    { weight: 4, arbitrary: freeNames(all) },
  );
}

/** A name that nobody else has thought of, in a map that takes any. */
function freeNames(all: readonly Path[]): fc.Arbitrary<Mistake> {
  const maps = all.filter((path) => freeMaps.includes(path.at(-1) ?? ""));
  const texts = fc.oneof(
    fc.constantFrom("a", "A-b_c.d", "example.com/name", "a/b/c", "-a", "a-", "x".repeat(64)),
    fc.constantFrom("x".repeat(300), "Example.COM/Name", "/a", "a/", "kubernetes.io/ingress.class"),
    fc.constantFrom(...oddCharacters).map((character) => `a${character}b`),
    oddNames,
  );
  return fc
    .tuple(fc.constantFrom(["cluster", "monitorLabels"], ...maps), texts, texts)
    .map(([path, name, text]) => setting([...path, name], "there", () => text));
}

/** Mostly one: of several, one is refused more often than not, and hides what the others do. */
function mistakesIn(tree: Said): fc.Arbitrary<Mistake[]> {
  const one = mistakeIn(tree);
  const several = fc.array(one, { minLength: 2, maxLength: 3 });
  return fc.oneof({ weight: 4, arbitrary: one.map((mistake) => [mistake]) }, several);
}

/** Valid settings: a stack file, the same with every default in it, or any choice of what the systems are. */
const valid: fc.Arbitrary<readonly [Environment, Said]> = fc.oneof(
  fc.constantFrom(...environments).map((stack) => [stack, saidBy(stack)] as const),
  fc.constantFrom(...environments).map((stack) => [stack, plain(settingsBy(stack))] as const),
  fc
    .tuple(
      fc.constantFrom(...environments),
      fc.record({
        thunderline: thunderlineOverrides,
        faultmaven: faultmavenOverrides,
        philotes: philotesOverrides,
        telemetry: telemetryOverrides,
      }),
    )
    .map(
      ([stack, overrides]) =>
        [stack, plain(settingsOf(stack, { ...overrides, cluster }, encryptedKeys))] as const,
    ),
);

/** A copy without what is undefined, as a file has it. */
function plain(settings: unknown): Said {
  return JSON.parse(JSON.stringify(settings)) as Said;
}

/** So many of them, always the same. */
export function spoiltSettings(number: number): SpoiltSettings[] {
  const spoilt = valid.chain(([stack, tree]) =>
    mistakesIn(tree).map((mistakes) => ({
      stack,
      mistakes: mistakes.map(({ what }) => what),
      said: () => mistakes.reduce<unknown>((said, { make }) => make(said), tree) as Said,
    })),
  );
  return fc.sample(spoilt, { numRuns: number, seed: 20261130 });
}

/**
 * Whether a stack file can say it all: it is text, and programs that read YAML have their own opinion of
 * large and deep ones; and what it does not say is taken from the team's.
 */
export function representable({ stack, said }: SpoiltSettings): boolean {
  const whole = said();
  const text = JSON.stringify(whole);
  return (
    text.length < 200_000 &&
    !/\\u|__proto__|\[{100}|({"a":){100}/.test(text) &&
    Object.keys(whole).every((name) => /^\w+$/.test(name)) &&
    Object.keys(saidBy(stack)).every((name) => Object.hasOwn(whole, name))
  );
}
