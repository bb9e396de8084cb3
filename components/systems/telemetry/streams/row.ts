import { type Column, type ColumnType, columnsOf, type Table } from "./model";

/** What a value has to be, for the mapping. */
interface Rule {
  readonly name: string;
  readonly kind: "integer" | "number" | "boolean" | "text";
  readonly required: boolean;
  readonly floor?: true;
  readonly flag?: true;
  readonly min?: number;
  readonly max?: number;
}

/** What fits into each type of column. Beyond 2^53, JSON numbers are not exact. */
const limits: Readonly<Partial<Record<ColumnType, readonly [number, number]>>> = {
  smallint: [-(2 ** 15), 2 ** 15 - 1],
  integer: [-(2 ** 31), 2 ** 31 - 1],
  bigint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/**
 * Puts the row beside the message as metadata, and the reason why there is none; the message itself
 * stays as it came, for the dead letters. Time and columns are in the order of the table.
 */
export function rowMapping(table: Table): string {
  const rules = columnsOf(table).map(
    ([name, column]) => `  ${JSON.stringify(rule(name, column))},`,
  );
  const fieldNames = Object.keys(table.fields);
  return [
    checkedMap,
    "let message = content().parse_json().catch({})",
    "let given = $message.tags.or({}).assign($message.fields.or({})).catch({})",
    "let rules = [",
    ...rules,
    "]",
    'let checked = $rules.map_each(rule -> rule.assign({"value": $given.get(rule.name)}).apply("checked"))',
    timeFault,
    "let faults = [$time_fault].concat($checked.map_each(c -> c.fault)).filter(fault -> fault != null)",
    "let reason = match {",
    '  content().parse_json().type().catch("none") != "object" => "not a JSON object"',
    '  $faults.length() > 0 => $faults.join("; ")',
    "  _ => null",
    "}",
    "meta reason = $reason.or(deleted())",
    "meta row = [$message.ts].concat($checked.map_each(c -> c.value))",
    ...(table.kind === "series"
      ? []
      : [
          "# A message without any setting says nothing about them.",
          `root = if $reason == null && $given.filter(item -> ${JSON.stringify(fieldNames)}.contains(item.key) && item.value != null).length() == 0 { deleted() }`,
        ]),
  ].join("\n");
}

/** Numbers may come as text, as some meters send them; anything else of a wrong type is a fault. */
const checkedMap = `map checked {
  let given = this.value
  let number = match {
    $given.type() == "number" => $given.number()
    this.flag.or(false) && $given.type() == "bool" => if $given { 1 } else { 0 }
    $given.type() == "string" && $given.re_match("^-?[0-9]{1,20}(\\\\.[0-9]{1,20})?$") => $given.number()
    _ => null
  }
  let value = match {
    $given == null => null
    this.kind == "integer" && $number != null => if this.floor.or(false) { $number.floor() } else { $number.round() }
    this.kind == "number" => $number
    this.kind == "boolean" && $given.type() == "bool" => $given
    this.kind == "text" && $given.type() == "string" && !$given.contains("\\u0000") => $given
    _ => null
  }
  root.value = $value
  root.fault = match {
    $given == null && this.required => this.name + " is missing"
    $given == null => null
    $value == null => this.name + " is not " + this.kind
    this.min != null && ($value < this.min || $value > this.max) => this.name + " is out of range"
    _ => null
  }
}`;

/** Between 1970 and 2100: PostgreSQL's own range is wider, and no clock is. */
const timeFault = `let seconds = if $message.ts.type() == "string" { $message.ts.ts_unix().catch(-1) } else { -1 }
let time_fault = if $seconds < 0 || $seconds > 4102444800 { "ts is no time" } else { null }`;

function rule(name: string, column: Column): Rule {
  const [min, max] = limits[column.type] ?? [];
  return {
    name,
    kind: kindOf(column.type),
    required: column.required === true,
    ...(column.toInteger === "floor" ? { floor: true } : {}),
    ...(column.fromFlag === true ? { flag: true } : {}),
    ...(min === undefined || max === undefined ? {} : { min, max }),
  };
}

function kindOf(type: ColumnType): Rule["kind"] {
  switch (type) {
    case "smallint":
    case "integer":
    case "bigint":
      return "integer";
    case "double precision":
      return "number";
    case "boolean":
    case "text":
      return type;
  }
}
