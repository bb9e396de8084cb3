/** The queries and addresses of a comparison, as text. That PostgreSQL takes them is shown by use. */
import { UserError } from "../../../cli/errors";
import { databaseFrom } from "../../../cli/telemetry/compare/psql";
import { columnsQuery, comparedTable, hoursQuery } from "../../../cli/telemetry/compare/sql";

describe("what is compared of a table", () => {
  it("is its first text as the device, and what can be summed up", () => {
    const columns = [
      { name: "time", type: "timestamp with time zone" },
      { name: "device_id", type: "text" },
      { name: "location", type: "text" },
      { name: "celsius", type: "double precision" },
      { name: "pump_on", type: "boolean" },
    ];
    expect(comparedTable("sensors", columns)).toEqual({
      name: "sensors",
      device: "device_id",
      sums: ["celsius", "pump_on"],
    });
  });

  it.each([
    ["time", [{ name: "device_id", type: "text" }]],
    ["device", [{ name: "time", type: "timestamp with time zone" }]],
  ])("is nothing without a %s", (_, columns) => {
    expect(comparedTable("sensors", columns)).toBeUndefined();
  });
});

describe("a query", () => {
  const table = { name: 'odd "table', device: 'de"vice', sums: ["a", "flag"] };
  const types = new Map([["flag", "boolean"]]);
  const sql = hoursQuery(table, types, { from: "2026-03-01", until: "2026-03-08" });

  it("has names and texts in quotes, whatever is in them", () => {
    expect(sql).toContain('FROM "odd ""table"');
    expect(sql).toContain(`GROUP BY "de""vice"`);
    expect(columnsQuery("it's")).toContain("table_name = 'it''s'");
  });

  it("takes whole days in UTC, the last one included", () => {
    expect(sql).toContain(`"time" >= '2026-03-01T00:00:00Z' AND "time" < '2026-03-08T00:00:00Z'`);
  });

  it("counts true as 1, and sums nothing but what it is told to", () => {
    expect(sql).toContain('json_build_array(sum("a"::double precision), sum("flag"::integer))');
    expect(hoursQuery({ ...table, sums: [] }, types, { from: "a", until: "b" })).toContain(
      "'sums', '[]'::json",
    );
  });
});

describe("an address", () => {
  const read = (url: string | undefined) =>
    databaseFrom(url === undefined ? {} : { URL: url }, "URL", "the old database");

  it.each([
    [
      "postgresql://me:s%40crt@db:5433/t?sslmode=require",
      "postgresql://me@db:5433/t?sslmode=require",
      "s@crt",
    ],
    [
      "postgres://me@db/t?password=a%20b&sslmode=disable",
      "postgres://me@db/t?sslmode=disable",
      "a b",
    ],
    ["postgres://me@db/t?sslmode=disable&password=ab", "postgres://me@db/t?sslmode=disable", "ab"],
    ["postgresql://db/t", "postgresql://db/t", undefined],
    ["postgresql://me:x@one:1,two:2/t", "postgresql://me@one:1,two:2/t", "x"],
    ["postgresql:///t?host=/run/postgresql", "postgresql:///t?host=/run/postgresql", undefined],
  ])("%s goes to psql without its password", (url, without, password) => {
    expect(read(url)).toEqual({ title: "the old database", url: without, password });
  });

  it.each([
    undefined,
    "",
    "mysql://me:secret@db/t",
    "host=db password=secret",
    "postgres://me:secret%@db/t",
  ])("%j is refused, and not shown", (url) => {
    expect(() => read(url)).toThrow(UserError);
    expect(() => read(url)).not.toThrow(/secret/);
  });
});
