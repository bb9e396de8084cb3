import type { Fault } from "../faults";
import type { Shard } from "../systems/philotes";

const path = ["philotes", "worker", "shards"];

/**
 * A slot serves one reader, and a table that two readers follow is written twice: shards share
 * neither names nor slots, publications nor tables. Nor do they share a buffer: the program knows
 * buffered changes by the source database alone, so that each would write those of the others too.
 */
export function philotesShardRules(shards: readonly Shard[], defaultBuffer: string): Fault[] {
  return [
    ...(["name", "slot", "publication"] as const).flatMap((key) => unique(shards, key)),
    ...tablesDiffer(shards),
    ...buffersDiffer(shards, defaultBuffer),
    ...(shards.length > 1 ? tablesAreNamed(shards) : []),
  ];
}

function unique(shards: readonly Shard[], key: "name" | "slot" | "publication"): Fault[] {
  const values = shards.map((shard) => shard[key]);
  return values.flatMap((value, index) =>
    values.indexOf(value) === index
      ? []
      : [
          {
            path: [...path, index, key],
            value,
            expected: `another ${key} than that of the others`,
          },
        ],
  );
}

function tablesDiffer(shards: readonly Shard[]): Fault[] {
  const owners = new Map<string, string>();
  return shards.flatMap(({ name, tables }, index) =>
    tables.flatMap((table, position) => {
      const owner = owners.get(table);
      owners.set(table, owner ?? name);
      if (owner === undefined) return [];
      const expected =
        owner === name
          ? "each table once"
          : `a table that no other shard has; ${owner} has it, and every change would be written twice`;
      return [{ path: [...path, index, "tables", position], value: table, expected }];
    }),
  );
}

function buffersDiffer(shards: readonly Shard[], defaultBuffer: string): Fault[] {
  const buffers = shards.map(({ bufferDatabase = defaultBuffer }) => bufferDatabase);
  return shards.flatMap(({ bufferDatabase }, index) =>
    buffers.indexOf(buffers[index] ?? "") === index
      ? []
      : [
          {
            path: [...path, index, "bufferDatabase"],
            ...(bufferDatabase === undefined ? {} : { value: bufferDatabase }),
            expected: `a database that no other shard buffers in; ${String(buffers[index])} is taken`,
            mend: "each would write the buffered changes of the other too",
            judgedBy: [path, ["philotes", "postgres", "database"]],
          },
        ],
  );
}

function tablesAreNamed(shards: readonly Shard[]): Fault[] {
  return shards.flatMap(({ tables }, index) =>
    tables.length > 0
      ? []
      : [
          {
            path: [...path, index, "tables"],
            value: tables,
            expected: "the tables of this shard, because there are several",
            mend: "without a list it would read all of them, those of the others too",
            judgedBy: [path],
          },
        ],
  );
}
