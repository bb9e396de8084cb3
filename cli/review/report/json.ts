import { objectOf, stateOn } from "../objects";
import type { Review } from "./review";
import { safeProperties } from "./secrecy";

/** Rises when a field is renamed, goes, or means something else. */
const schemaVersion = 1;

/** A review for machines: all of it, with values in full length, and nothing secret. */
export function json(review: Review): string {
  const { stack, subject, exposure, restarts, totals, unchanged, exceptions } = review;
  return `${JSON.stringify(
    {
      schema_version: schemaVersion,
      stack,
      subject,
      changes: review.changes.map((change) => {
        const { resource, system, label, operation, risk, reasons } = change;
        const state = stateOn(resource, "after") ?? stateOn(resource, "before");
        const object = state && objectOf(state);
        return {
          ...{ risk, operation, system, label, urn: resource.urn, type: resource.type },
          ...(object === undefined ? {} : { namespace: object.namespace, name: object.name }),
          reasons,
          properties: safeProperties(change),
        };
      }),
      ...{ exposure, restarts, totals, unchanged, exceptions },
      ...{ violations: review.violations, errors: review.errors, warnings: review.warnings },
    },
    undefined,
    2,
  )}\n`;
}
