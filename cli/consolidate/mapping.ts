import { merge } from "../../config/merge";
import type { Settings } from "../../config/settings";
import { isRecord, valueAt } from "../../config/shape";
import type { Setting, SettingMap } from "../adopt/verdict";
import type { ReleaseValues } from "./values";

/** What of a chart's values becomes a setting of ours. */
interface Mapping {
  /** The spellings of the value in the chart, the one that counts first. */
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Undefined where the value is none that ours could have. @default as it is */
  readonly as?: (value: unknown) => Setting["value"] | undefined;
}

/** What becomes of the values that are set. */
export interface Mapped {
  readonly settings: readonly Setting[];
  /** Values for which ours has no setting, by their paths. They are named, so that nobody misses them. */
  readonly left: readonly string[];
}

function replicas(value: unknown): SettingMap | undefined {
  return typeof value === "number" && value >= 1 ? { type: "fixed", replicas: value } : undefined;
}

/** Only whole ones: ours has no container without a limit. */
function resources(value: unknown): SettingMap | undefined {
  const amounts = (part: string): SettingMap | undefined => {
    const [cpu, memory] = ["cpu", "memory"].map((name) => valueAt(value, [part, name]));
    const known = [cpu, memory].every((it) => ["string", "number"].includes(typeof it));
    return known ? { cpu: String(cpu), memory: String(memory) } : undefined;
  };
  const [requests, limits] = [amounts("requests"), amounts("limits")];
  return requests === undefined || limits === undefined ? undefined : { requests, limits };
}

function yesNo(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

const sized = (from: readonly string[], to: string): Mapping => ({
  from: from.map((part) => `${part}.resources`),
  to: [to, "resources"],
  as: resources,
});

/** Values of the chart thunderhelm, by document 000, as settings of Thunderline. */
const thunderline: readonly Mapping[] = [
  { from: ["app.image", "image"], to: ["app", "image"], as: text },
  { from: ["web.replicas", "web.replicaCount"], to: ["web", "scaling"], as: replicas },
  { from: ["worker.replicas", "worker.replicaCount"], to: ["worker", "scaling"], as: replicas },
  { from: ["worker.enabled"], to: ["worker", "enabled"], as: yesNo },
  { from: ["otelcol.enabled"], to: ["collector", "enabled"], as: yesNo },
  { from: ["livebook.enabled"], to: ["livebook", "enabled"], as: yesNo },
  { from: ["web.host", "web.ingress.host"], to: ["web", "ingress", "host"], as: text },
  sized(["web"], "web"),
  sized(["worker"], "worker"),
  sized(["mlflow"], "mlflow"),
  sized(["otelcol"], "collector"),
  sized(["livebook"], "livebook"),
  sized(["cerebrosRunner", "cerebros"], "cerebros"),
];

/**
 * The settings of Thunderline that say what merged values say. Secrets are not among them: those of the
 * release are referred to by the adoption, and none is written into a stack file.
 */
export function settingsFrom(
  values: Readonly<Record<string, unknown>>,
  settings: Settings["thunderline"],
): Mapped {
  const used = new Set<string>();
  const found: Setting[] = [];
  for (const { from, to, as = text } of thunderline) {
    const path = from.find((it) => valueAt(values, it.split(".")) !== undefined);
    if (path === undefined) continue;
    const value = as(valueAt(values, path.split(".")));
    if (value === undefined || !hasPlace(settings, to)) continue;
    used.add(path);
    found.push({ path: to, value, must: false });
  }
  return { settings: found, left: pathsIn(values).filter((path) => !isBelow(path, used)) };
}

/** Values with one spelling for each thing, so that two releases that say it differently are compared. */
export function withOneSpelling({ release, values }: ReleaseValues): ReleaseValues {
  const moved = thunderline.reduce<unknown>((now, { from: [first = "", ...others] }) => {
    const wanted = first.split(".");
    if (valueAt(now, wanted) !== undefined) return now;
    const other = others.find((path) => valueAt(now, path.split(".")) !== undefined);
    if (other === undefined) return now;
    const value = valueAt(now, other.split("."));
    const tree = wanted.reduceRight<unknown>((below, step) => ({ [step]: below }), value);
    return merge(undefined, without(now, other.split(".")), tree);
  }, values);
  return { release, values: moved };
}

function without(values: unknown, [step = "", ...rest]: readonly string[]): unknown {
  if (!isRecord(values)) return values;
  const kept = Object.entries(values).filter(([key]) => key !== step);
  if (rest.length === 0) return Object.fromEntries(kept);
  return { ...Object.fromEntries(kept), [step]: without(values[step], rest) };
}

/** Ours has no resources of a Cerebros that is off, say. */
function hasPlace(settings: Settings["thunderline"], path: readonly string[]): boolean {
  return isRecord(valueAt(settings, path.slice(0, -1)));
}

function isBelow(path: string, used: ReadonlySet<string>): boolean {
  return [...used].some((it) => path === it || path.startsWith(`${it}.`));
}

function pathsIn(values: unknown, path: readonly string[] = []): readonly string[] {
  if (!isRecord(values) || Object.keys(values).length === 0) return [path.join(".")];
  return Object.entries(values).flatMap(([key, value]) => pathsIn(value, [...path, key]));
}
