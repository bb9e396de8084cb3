import type { MetricName } from "./metrics";

/** What labels have to be: a value, or one of several. */
export type Matchers = Readonly<Record<string, string | readonly string[]>>;

/** A series by its name and labels, as PromQL selects it. */
export function series(name: MetricName, matchers: Matchers = {}): string {
  const parts = Object.entries(matchers).map(([label, value]) =>
    typeof value === "string"
      ? `${label}=${quoted(value)}`
      : `${label}=~${quoted(value.map(literal).join("|"))}`,
  );
  return parts.length === 0 ? name : `${name}{${parts.join(",")}}`;
}

/**
 * A series that an operator publishes of objects elsewhere. Prometheus calls the object's namespace
 * `exported_namespace`, beside the operator's own, unless its monitor honours the labels as they come.
 */
export function seriesOf(namespace: string, name: MetricName, matchers: Matchers = {}): string {
  return either(namespace, (where) => series(name, { ...where, ...matchers }));
}

/** By how much such a counter has grown within `range`. */
export function increaseOf(
  namespace: string,
  name: MetricName,
  matchers: Matchers,
  range: string,
): string {
  return either(
    namespace,
    (where) => `increase(${series(name, { ...where, ...matchers })}[${range}])`,
  );
}

function either(namespace: string, select: (where: Matchers) => string): string {
  return `(${select({ exported_namespace: namespace })} or ${select({ namespace })})`;
}

/** A regular expression that nothing but this text fits. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
