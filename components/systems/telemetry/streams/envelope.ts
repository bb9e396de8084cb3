import { deviceColumn, type Source, type Stream } from "./model";

/** Kafka takes a mebibyte at most. A device sends a few kilobytes; what is larger than this is cut. */
const largestPayload = 256 * 1024;

const parsed = "let payload = content().parse_json().catch(null)";

/** Drops messages that a stream is not about; nothing where it is about all. */
export function filterMapping({ only }: Stream): string | undefined {
  if (only === undefined) return undefined;
  return [
    parsed,
    `root = if $payload.type() == "object" && ${access(only.path)} != ${JSON.stringify(only.value)} { deleted() }`,
  ].join("\n");
}

/** Adds time, tags and fields to a payload; one that is no JSON object stays as it is, with a reason. */
export function envelopeMapping(stream: Stream): string {
  const [table] = stream.tables;
  if (table === undefined) throw new Error(`stream ${stream.name} has no table`);
  return [
    parsed,
    `let small = content().length() <= ${String(largestPayload)}`,
    `let tags = ${objectOf(stream.tags)}`,
    `let fields = ${objectOf(stream.fields)}`,
    "meta reason = match {",
    `  !$small => "larger than ${String(largestPayload)} bytes, cut"`,
    '  $payload.type() != "object" => "not a JSON object"',
    "  _ => deleted()",
    "}",
    `meta device = $tags.${deviceColumn(table)}.or("").string()`,
    "root = match {",
    `  !$small => content().slice(0, ${String(largestPayload)})`,
    '  $payload.type() != "object" => content()',
    '  _ => $payload.assign({"ts": now().ts_tz("UTC"), "tags": $tags, "fields": $fields})',
    "}",
  ].join("\n");
}

function objectOf(sources: Readonly<Record<string, Source>>): string {
  const lines = Object.entries(sources).map(
    ([name, source]) => `  ${JSON.stringify(name)}: ${expression(source)},`,
  );
  return ["{", ...lines, "}"].join("\n");
}

function expression(source: Source): string {
  switch (source.kind) {
    case "constant":
      return JSON.stringify(source.value);
    case "path":
      return `${access(source.path)}${orElse(source.fallback)}`;
    case "bit": {
      // Bloblang has no operators for bits. Text is no flag, so that the reader of the field refuses it.
      const register = `${access(source.path)}${orElse(source.fallback)}`;
      const isSet = `(${register}.number() / ${String(source.mask)}).floor() % 2 == 1`;
      return `if ${register} == null { null } else { (${isSet}).catch("no number") }`;
    }
  }
}

function orElse(fallback: string | number | null | undefined): string {
  return fallback === undefined ? "" : `.or(${JSON.stringify(fallback)})`;
}

/** A path as Bloblang writes it, with quotes where a segment is not a plain name. */
function access(path: string): string {
  const segments = path
    .split(".")
    .map((segment) => (/^[A-Za-z_]\w*$/.test(segment) ? segment : JSON.stringify(segment)));
  return ["$payload", ...segments].join(".");
}
