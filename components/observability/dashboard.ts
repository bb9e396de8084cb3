import { shortHash } from "../hash";

/** How a number is shown, in Grafana's own words. */
export type Unit =
  | "bool_on_off"
  | "bytes"
  | "celsius"
  | "cps"
  | "h"
  | "percent"
  | "percentunit"
  | "pressurehpa"
  | "s"
  | "short"
  | "velocityms"
  | "volt"
  | "watt"
  | "watth";

/** What a panel asks. Prometheus is chosen in the dashboard; a database is the one that was set up for it. */
export type Query =
  | { readonly kind: "promql"; readonly expr: string; readonly legend: string }
  | { readonly kind: "sql"; readonly sql: string; readonly datasource: string };

export interface Panel {
  readonly title: string;
  readonly description?: string;
  /** @default "timeseries" */
  readonly type?: "timeseries" | "state-timeline";
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Shows so much time up to now, as Grafana writes durations, whatever the dashboard shows. */
  readonly span?: string;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardDescription {
  /** How links name it, for good. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
  /** @default "now-6h" */
  readonly from?: string;
}

/** The version of the schema that these are written in; Grafana brings older ones up to its own. */
const schemaVersion = 42;

const perLine = 3;
const grid = { width: 24, height: 8 };

/** An identifier that stays, of at most 40 letters, digits and hyphens, which is what Grafana takes. */
export function uidOf(...parts: readonly string[]): string {
  const uid = ["platform", ...parts].join("-");
  return uid.length <= 40 ? uid : `${uid.slice(0, 29)}-${shortHash(uid)}`;
}

/** A dashboard as Grafana reads it. */
export function dashboardJson({
  uid,
  title,
  description,
  rows,
  from = "now-6h",
}: DashboardDescription): string {
  const asksPrometheus = rows.some(({ panels }) =>
    panels.some(({ queries }) => queries.some(({ kind }) => kind === "promql")),
  );
  const dashboard = {
    uid,
    title,
    description,
    tags: ["platform"],
    schemaVersion,
    editable: false,
    graphTooltip: 1,
    refresh: "1m",
    time: { from, to: "now" },
    timezone: "browser",
    annotations: { list: [] },
    links: [],
    templating: { list: asksPrometheus ? [prometheusVariable] : [] },
    panels: placed(rows),
  };
  return `${JSON.stringify(dashboard, null, 1)}\n`;
}

/** Lets people choose, where there is more than one Prometheus. */
const prometheusVariable = {
  name: "datasource",
  label: "Prometheus",
  type: "datasource",
  query: "prometheus",
  hide: 0,
  multi: false,
  includeAll: false,
  refresh: 1,
  regex: "",
  options: [],
};

/** Each row is a heading with its panels below it, as many in a line as fit. */
function placed(rows: readonly Row[]): object[] {
  const result: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    result.push({
      type: "row",
      id: result.length + 1,
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: grid.width, h: 1 },
    });
    y += 1;
    const w = grid.width / Math.min(perLine, panels.length);
    panels.forEach((panel, index) => {
      const line = Math.floor(index / perLine);
      const gridPos = {
        x: (index % perLine) * w,
        y: y + line * grid.height,
        w,
        h: grid.height,
      };
      result.push({ ...drawn(panel), id: result.length + 1, gridPos });
    });
    y += Math.ceil(panels.length / perLine) * grid.height;
  }
  return result;
}

function drawn(panel: Panel): object {
  const { title, description, type = "timeseries", unit, queries, span } = panel;
  const targets = queries.map((query, index) => ({
    ...target(query),
    refId: String.fromCharCode("A".charCodeAt(0) + index),
  }));
  const [first] = targets;
  return {
    type,
    title,
    ...(description === undefined ? {} : { description }),
    ...(span === undefined ? {} : { timeFrom: span }),
    ...(first === undefined ? {} : { datasource: first.datasource }),
    fieldConfig: {
      defaults: { unit, ...(type === "timeseries" ? { min: lowest(unit) } : {}) },
      overrides: [],
    },
    options: options[type],
    targets,
  };
}

/** Shares and amounts begin at nothing; temperatures do not. */
function lowest(unit: Unit): number | undefined {
  return unit === "percentunit" || unit === "bytes" ? 0 : undefined;
}

const options = {
  timeseries: {
    legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
    tooltip: { mode: "multi", sort: "desc" },
  },
  "state-timeline": {
    legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
    tooltip: { mode: "multi", sort: "none" },
    showValue: "never",
    rowHeight: 0.9,
    mergeValues: true,
  },
} as const;

interface Target {
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly [option: string]: unknown;
}

function target(query: Query): Target {
  switch (query.kind) {
    case "promql":
      return {
        datasource: { type: "prometheus", uid: "${datasource}" },
        expr: query.expr,
        legendFormat: query.legend,
        range: true,
      };
    case "sql":
      return {
        datasource: { type: postgresType, uid: query.datasource },
        editorMode: "code",
        format: "time_series",
        rawQuery: true,
        rawSql: query.sql,
      };
  }
}

/** Grafana's own plugin for PostgreSQL. */
export const postgresType = "grafana-postgresql-datasource";
