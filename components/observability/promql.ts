import type { MetricName } from "./metrics";

/** What labels have to be: a value, one of several, or what a regular expression fits as a whole. */
export type Matchers = Readonly<Record<string, string | readonly string[] | Pattern>>;

/** In the syntax of RE2, as Prometheus reads it. */
export interface Pattern {
  readonly pattern: string;
}

/** A series by its name and labels, as PromQL selects it. */
export function series(name: MetricName, matchers: Matchers = {}): string {
  const parts = Object.entries(matchers).map(([label, value]) =>
    typeof value === "string"
      ? `${label}=${quoted(value)}`
      : `${label}=~${quoted("pattern" in value ? value.pattern : anyOf(value))}`,
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

/** That nobody publishes such a series of an object elsewhere, told by the labels `by` that it would have. */
export function absentOf(
  namespace: string,
  name: MetricName,
  matchers: Matchers,
  by: string,
): string {
  const absent = (where: Matchers): string => `absent(${series(name, { ...where, ...matchers })})`;
  return (
    `max by (${by}) (${absent({ exported_namespace: namespace })} ` +
    `and on (${by}) ${absent({ namespace })})`
  );
}

function either(namespace: string, select: (where: Matchers) => string): string {
  return `(${select({ exported_namespace: namespace })} or ${select({ namespace })})`;
}

/** A regular expression that nothing but one of these texts fits. */
export function anyOf(texts: readonly string[]): string {
  return texts.map(literal).join("|");
}

/** A regular expression that nothing but this text fits. */
function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
