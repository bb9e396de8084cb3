/** Proves that the schema which dashboards are held against finds what is wrong. */
import { dashboardFaults } from "../../support/grafana";

const panel = {
  id: 1,
  type: "timeseries",
  title: "Up",
  gridPos: { x: 0, y: 0, w: 8, h: 8 },
  fieldConfig: { defaults: { unit: "short" }, overrides: [] },
  targets: [{ refId: "A", expr: "up" }],
};
const dashboard = { title: "Acme", uid: "acme", schemaVersion: 42, panels: [panel] };

it("takes a dashboard that is right", () => {
  expect(dashboardFaults(dashboard)).toEqual([]);
});

it.each([
  ["a width in words", { panels: [{ ...panel, gridPos: { ...panel.gridPos, w: "8" } }] }],
  ["a width beyond the grid", { panels: [{ ...panel, gridPos: { ...panel.gridPos, w: 25 } }] }],
  ["a version in words", { schemaVersion: "42" }],
  ["a number where a duration belongs", { refresh: 5 }],
  ["a misspelt key", { panles: [] }],
  ["a misspelt key of a panel", { panels: [{ ...panel, titel: "Up" }] }],
  ["an unknown kind of panel", { panels: [{ ...panel, type: "graph" }] }],
  ["a query without a letter", { panels: [{ ...panel, targets: [{ expr: "up" }] }] }],
  ["no title", { title: "" }],
])("refuses %s", (_what, change) => {
  expect(dashboardFaults({ ...dashboard, ...change })).not.toEqual([]);
});
