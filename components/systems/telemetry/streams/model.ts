/** What PostgreSQL keeps a value as. There is no `real`: a value too small for it would be refused. */
export type ColumnType =
  "smallint" | "integer" | "bigint" | "double precision" | "boolean" | "text";

export interface Column {
  readonly type: ColumnType;
  /** For people and documents; values are stored as they come. */
  readonly unit?: string;
  /** A message without the value is a bad one. @default false: the value is null */
  readonly required?: true;
  /** The migration that adds the column to a table that exists. @default the one that makes the table */
  readonly added?: number;
  /** Whether the payload has true and false, which count as 1 and 0. */
  readonly fromFlag?: true;
  /** How a number with a fraction becomes an integer. @default "round" */
  readonly toInteger?: "floor";
}

export type Columns = Readonly<Record<string, Column>>;

export type DatabaseName = "telemetry" | "settings";

/** What both kinds of table have in common. */
interface TableBase {
  readonly name: string;
  readonly database: DatabaseName;
  /** The columns that say what a row is about; the first one is the device. */
  readonly tags: Columns;
  readonly fields: Columns;
}

/** One row for each message. `indexes` are columns that are looked up together with the time. */
export interface SeriesTable extends TableBase {
  readonly kind: "series";
  readonly indexes: readonly string[];
}

/** One row for each device, with what it said last. */
export interface StateTable extends TableBase {
  readonly kind: "state";
}

export type Table = SeriesTable | StateTable;

type Scalar = string | number | null;

/** Where a column's value is in a payload. A path's segments are separated by points. */
export type Source =
  | { readonly kind: "path"; readonly path: string; readonly fallback?: Scalar }
  /** Whether one bit of a number is set. */
  | {
      readonly kind: "bit";
      readonly path: string;
      readonly mask: number;
      readonly fallback?: number;
    }
  | { readonly kind: "constant"; readonly value: Scalar };

export type StreamName = "energy" | "heatpump" | "temperature-indoor" | "temperature-outdoor";

/** One kind of message on its way from MQTT over Kafka into its tables. */
export interface Stream {
  readonly name: StreamName;
  readonly mqttTopic: string;
  readonly kafkaTopic: string;
  /** Only messages with this value have measurements; others are dropped. */
  readonly only?: { readonly path: string; readonly value: string };
  readonly tables: readonly Table[];
  readonly tags: Readonly<Record<string, Source>>;
  readonly fields: Readonly<Record<string, Source>>;
}

type KeyOfEach<T> = T extends unknown ? keyof T & string : never;

/** Makes a table; its columns keep their names as types. */
export function declareTable<const T extends Table>(table: T): T {
  return table;
}

/** Makes a stream that has a source for each column of its tables, and for nothing else. */
export function declareStream<const T extends Table>(stream: {
  readonly name: StreamName;
  readonly mqttTopic: string;
  readonly kafkaTopic: string;
  readonly only?: { readonly path: string; readonly value: string };
  readonly tables: readonly T[];
  readonly tags: Readonly<Record<KeyOfEach<T["tags"]>, Source>>;
  readonly fields: Readonly<Record<KeyOfEach<T["fields"]>, Source>>;
}): Stream {
  return stream;
}

export function from(path: string, fallback?: Scalar): Source {
  return { kind: "path", path, ...(fallback === undefined ? {} : { fallback }) };
}

export function bit(path: string, mask: number, fallback?: number): Source {
  return { kind: "bit", path, mask, ...(fallback === undefined ? {} : { fallback }) };
}

export function constant(value: Scalar): Source {
  return { kind: "constant", value };
}

/** The name of the column that says which device a row is about. */
export function deviceColumn(table: Pick<Table, "tags">): string {
  const [device] = Object.keys(table.tags);
  if (device === undefined) throw new Error("a table needs a tag that names the device");
  return device;
}

/** All columns but the time, in the order of the table. */
export function columnsOf(table: Table): readonly (readonly [string, Column])[] {
  return Object.entries({ ...table.tags, ...table.fields });
}

/** Where messages of a topic go that cannot be stored. */
export function deadLetterTopic(kafkaTopic: string): string {
  return `${kafkaTopic}-dead-letter`;
}
