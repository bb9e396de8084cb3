import { readFileSync } from "node:fs";
import { join } from "node:path";

import Ajv from "ajv";

/**
 * The schema of dashboards of one `schemaVersion`, made of the types that Grafana publishes
 * (make-schema.mjs says of which release). What a query says is open in it.
 */
const schema = JSON.parse(
  readFileSync(join(__dirname, "dashboard.generated.json"), "utf8"),
) as object;
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

/** What is wrong with a dashboard by the schema that it states, each fault with its place. */
export function dashboardFaults(dashboard: unknown): string[] {
  if (validate(dashboard)) return [];
  const faults = (validate.errors ?? []).map(
    ({ instancePath, message = "" }) => `${instancePath || "/"}: ${message}`,
  );
  return [...new Set(faults)].sort();
}
