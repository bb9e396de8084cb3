/** Proves how a description becomes a dashboard; that queries are right, the tests of data show. */
import { dashboardJson, type Panel, uidOf } from "../../../components/observability/dashboard";
import { dashboardFaults } from "../../support/grafana";

const panel: Panel = {
  title: "Up",
  unit: "short",
  queries: [{ kind: "promql", expr: "up", legend: "{{job}}" }],
};
const sql: Panel = {
  title: "Rows",
  unit: "short",
  queries: [{ kind: "sql", sql: "SELECT 1", datasource: "acme" }],
};

interface Drawn {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
}

function drawn(...panels: readonly Panel[]): { templating: { list: unknown[] }; panels: Drawn[] } {
  const rows = [{ title: "Row", panels }];
  const description = { uid: "acme", title: "Acme", description: "All of Acme", rows };
  return JSON.parse(dashboardJson(description)) as ReturnType<typeof drawn>;
}

it("keeps to Grafana's schema", () => {
  const panels = [panel, { ...panel, type: "state-timeline" }, { ...sql, span: "14d" }] as const;
  expect(dashboardFaults(drawn(...panels))).toEqual([]);
});

it("puts three panels in a line, below the heading of their row", () => {
  const places = drawn(panel, panel, panel, panel).panels.map(({ gridPos: { x, y } }) => [x, y]);
  expect(places).toEqual([
    [0, 0],
    [0, 1],
    [8, 1],
    [16, 1],
    [0, 9],
  ]);
});

it("gives fewer panels the whole width", () => {
  expect(drawn(panel, panel).panels.map(({ gridPos }) => gridPos.w)).toEqual([24, 12, 12]);
});

it("numbers its panels", () => {
  expect(drawn(panel, panel).panels.map(({ id }) => id)).toEqual([1, 2, 3]);
});

it("lets people choose a Prometheus, where it asks one", () => {
  expect([drawn(panel), drawn(sql)].map(({ templating }) => templating.list.length)).toEqual([
    1, 0,
  ]);
});

describe("an identifier", () => {
  it("is made of names that stay", () => {
    expect(uidOf("acme", "measurements")).toBe("platform-acme-measurements");
  });

  it("is at most 40 characters long, and still its own", () => {
    const long = "a".repeat(63);
    expect(uidOf(long)).toMatch(/^[a-zA-Z0-9-]{1,40}$/);
    expect(uidOf(long)).not.toBe(uidOf(long, "measurements"));
  });
});
