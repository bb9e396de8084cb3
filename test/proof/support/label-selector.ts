/** Label selectors. https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
import { z } from "zod";

export type Labels = Readonly<Record<string, string>>;

const operators = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

/** A selector that asks for nothing selects everything. */
export const selector = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string(),
        operator: z.enum(operators),
        values: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

export type LabelSelector = z.output<typeof selector>;
type Expression = LabelSelector["matchExpressions"][number];

/** Whether labels meet all that a selector asks for. */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => meets(expression, labels[expression.key]))
  );
}

function meets({ operator, values }: Expression, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}
