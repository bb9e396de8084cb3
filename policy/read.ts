/** Reads values of which nothing is known: neither what the engine hands over nor a YAML file has types. */

export type Fields = Readonly<Record<string, unknown>>;

/** The value at a path, undefined where there is none. */
export function get(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => fields(inner)[step], value);
}

export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The entries of a map of texts, such as labels. */
export function texts(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(fields(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Every text in a value, with the path that leads to it. */
export function* textsWithin(value: unknown, path = ""): Generator<[path: string, text: string]> {
  if (typeof value === "string") {
    yield [path, value];
    return;
  }
  for (const [key, inner] of Object.entries(fields(value))) {
    const step = Array.isArray(value) ? `[${key}]` : path === "" ? key : `.${key}`;
    yield* textsWithin(inner, path + step);
  }
}
