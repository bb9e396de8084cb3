// Makes dashboard.generated.json of the types that Grafana publishes of its dashboards. Run it by hand,
// in a folder outside the repository where the two packages are installed, to raise the version:
//   npm install --ignore-scripts ts-json-schema-generator@2.4.0 @grafana/schema@13.2.3
//   node .../make-schema.mjs > .../dashboard.generated.json
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve("package.json"));
const { createGenerator } = require("ts-json-schema-generator");
const root = resolve("node_modules/@grafana/schema");
const { version } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));

/** The panels whose own options are checked: plugin to folder. */
const panels = {
  barchart: "barchart",
  bargauge: "bargauge",
  gauge: "gauge",
  heatmap: "heatmap",
  histogram: "histogram",
  logs: "logs",
  piechart: "piechart",
  stat: "stat",
  "state-timeline": "statetimeline",
  "status-history": "statushistory",
  table: "table",
  text: "text",
  timeseries: "timeseries",
  xychart: "xychart",
};

const definitions = {};

/** The definitions of a file's types; a name that another file uses otherwise gets a prefix. */
function take(file, prefix, wanted) {
  const path = `${root}/dist/types/${file}.d.ts`;
  const source = readFileSync(path, "utf8");
  const types = wanted.filter((type) =>
    new RegExp(`^export (interface|type) ${type}\\b`, "m").test(source),
  );
  const generator = createGenerator({
    path,
    type: "*",
    skipTypeCheck: true,
    additionalProperties: false,
  });
  const names = {};
  for (const type of types) {
    const made = generator.createSchema(type).definitions;
    mayBeLeftOut(made, file);
    const own = (name) =>
      new RegExp(`^export (declare )?(interface|type|enum) ${name}\\b`, "m").test(source);
    const renamed = (name) => (prefix !== "" && own(name) ? `${prefix}.${name}` : name);
    for (const [name, schema] of Object.entries(made)) {
      const text = JSON.stringify(schema).replace(/"#\/definitions\/([^"]+)"/g, (_, ref) =>
        JSON.stringify(`#/definitions/${renamed(decodeURIComponent(ref))}`),
      );
      const to = renamed(name);
      const before = definitions[to];
      if (before !== undefined && JSON.stringify(before) !== text) {
        throw new Error(`${to} of ${file} differs from the one before`);
      }
      definitions[to] = JSON.parse(text);
    }
    names[type] = { $ref: `#/definitions/${renamed(type)}` };
  }
  return names;
}

/** Grafana fills in what has a default; the types require it all the same. */
function mayBeLeftOut(made, file) {
  const defaults = {
    ...require(`${root}/dist/cjs/common/common.gen.cjs`),
    ...require(`${root}/dist/cjs/${file}.cjs`),
  };
  for (const [name, schema] of Object.entries(made)) {
    const filled = Object.keys(defaults[`default${name}`] ?? {});
    if (schema.required === undefined) continue;
    schema.required = schema.required.filter((key) => !filled.includes(key));
    if (schema.required.length === 0) delete schema.required;
  }
}

/** No descriptions: they are Grafana's documents, and half of the file. */
const plain = (value) =>
  JSON.parse(JSON.stringify(value), (key, inner) =>
    key === "description" && typeof inner === "string" ? undefined : inner,
  );

take("raw/dashboard/x/types.gen", "", ["Dashboard"]);
take("common/common.gen", "common", ["DataQuery"]);
const { AnnotationQuery, AnnotationTarget, Dashboard, GridPos, Panel, RowPanel, VariableModel } =
  definitions;
const { schemaVersion } = require(
  `${root}/dist/cjs/raw/dashboard/x/types.gen.cjs`,
).defaultDashboard;

// What the types cannot say of the schema that they are made from, and what Grafana refuses besides.
Object.assign(Dashboard.properties, {
  schemaVersion: { const: schemaVersion },
  title: { type: "string", minLength: 1 },
  uid: { type: "string", pattern: "^[a-zA-Z0-9_-]{1,40}$" },
});
Panel.properties.id = RowPanel.properties.id = { type: "integer", minimum: 0 };
Dashboard.required = ["panels", "schemaVersion", "title"];
Dashboard.properties.panels.items = {
  if: { properties: { type: { const: "row" } }, required: ["type"] },
  then: { $ref: "#/definitions/RowPanel" },
  else: { $ref: "#/definitions/Panel" },
};
Object.assign(GridPos.properties, {
  h: { type: "integer", minimum: 1 },
  w: { type: "integer", minimum: 1, maximum: 24 },
  x: { type: "integer", minimum: 0, maximum: 23 },
  y: { type: "integer", minimum: 0 },
});
// What intervals have, and the types leave out.
Object.assign(VariableModel.properties, {
  auto: { type: "boolean" },
  auto_count: { type: "integer" },
  auto_min: { type: "string" },
});
// A data source puts its own query there.
AnnotationQuery.additionalProperties = true;
AnnotationTarget.additionalProperties = true;
definitions["common.DataQuery"].additionalProperties = true;
Panel.properties.targets.items = { $ref: "#/definitions/common.DataQuery" };

// What belongs to a panel's plugin.
Panel.properties.type = { enum: Object.keys(panels) };
Panel.allOf = Object.entries(panels).map(([type, folder]) => {
  const own = take(`raw/composable/${folder}/panelcfg/x/types.gen`, folder, [
    "Options",
    "FieldConfig",
  ]);
  const defaults = { properties: { custom: own.FieldConfig ?? true } };
  return {
    if: { properties: { type: { const: type } } },
    then: {
      properties: { options: own.Options ?? true, fieldConfig: { properties: { defaults } } },
    },
  };
});

const schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  $comment: `Generated from the types of @grafana/schema ${version} (Apache-2.0) by make-schema.mjs.`,
  $ref: "#/definitions/Dashboard",
  definitions: Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
};
process.stdout.write(`${JSON.stringify(plain(schema), null, 1)}\n`);
