import { columnsOf, type Column, deadLetterTopic, type Source, type Stream } from "./model";

/** The streams as Markdown: where each goes, and what each column is made of. */
export function streamsDocument(streams: readonly Stream[]): string {
  const overview = table(
    ["stream", "MQTT topic", "Kafka topic", "dead letters", "tables"],
    streams.map((stream) => [
      stream.name,
      code(stream.mqttTopic),
      code(stream.kafkaTopic),
      code(deadLetterTopic(stream.kafkaTopic)),
      stream.tables.map(({ name }) => code(name)).join(", "),
    ]),
  );
  const columns = table(
    ["stream", "table", "column", "type", "unit", "from"],
    streams.flatMap((stream) =>
      stream.tables.flatMap((target) =>
        columnsOf(target).map(([name, column]) => [
          stream.name,
          code(target.name),
          code(name),
          typeOf(column),
          column.unit ?? "",
          origin({ ...stream.tags, ...stream.fields }[name]),
        ]),
      ),
    ),
  );
  return `${overview}\n${columns}`;
}

function typeOf({ type, required }: Column): string {
  return `${type}${required === true ? ", required" : ""}`;
}

function origin(source: Source | undefined): string {
  switch (source?.kind) {
    case undefined:
      return "";
    case "constant":
      return source.value === null ? "–" : `always ${code(String(source.value))}`;
    case "path":
      return code(source.path) + orElse(source.fallback);
    case "bit":
      return `bit ${String(source.mask)} of ${code(source.path)}${orElse(source.fallback)}`;
  }
}

function orElse(fallback: string | number | null | undefined): string {
  return fallback === undefined ? "" : `, else ${code(JSON.stringify(fallback))}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return [head, head.map(() => "---"), ...rows].map(line).join("");
}
