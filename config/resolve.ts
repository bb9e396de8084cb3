import { oversized, unfitTexts } from "./bounds";
import { diagnose } from "./diagnose";
import { type Environment, environment as environmentSchema, environments } from "./environment";
import { type Fault, nearest, type Path, settingName, SettingsError } from "./faults";
import { merge } from "./merge";
import { profile } from "./profiles";
import { rules } from "./rules";
import { type Settings, settingsSchema } from "./settings";
import { isRecord, own, valueAt } from "./shape";

/**
 * Turns what a stack file says into complete settings: the defaults of its environment below, what
 * the stack says on top, checked as one. `encrypted` names the settings whose values are secret.
 * Pure; throws a SettingsError that names every fault.
 */
export function resolve(
  stack: string,
  said: Readonly<Record<string, unknown>>,
  encrypted: readonly string[] = [],
): Settings {
  const tooLarge = oversized(said);
  if (tooLarge.length > 0) throw new SettingsError(stack, tooLarge);
  const environment = environmentSchema.safeParse(own(said, "environment"));
  if (!environment.success) throw new SettingsError(stack, faultsAnywhere(said, encrypted));
  const { settings, faults } = check(environment.data, said, encrypted);
  if (faults.length > 0) throw new SettingsError(stack, faults);
  return deepFreeze(settings);
}

/** Without a valid environment: that, and what would be wrong in each of them. */
function faultsAnywhere(
  said: Readonly<Record<string, unknown>>,
  encrypted: readonly string[],
): readonly Fault[] {
  const [first = [], ...others] = environments.map((one) => check(one, said, encrypted).faults);
  const faults = first.filter(({ path }) =>
    others.every((list) => list.some((other) => settingName(other.path) === settingName(path))),
  );
  const named = Object.keys(said).some((key) => nearest(key, ["environment"]) !== undefined);
  const missing = { path: ["environment"], expected: `one of ${environments.join(", ")}` };
  return named ? faults : [missing, ...faults];
}

function check(
  environment: Environment,
  said: Readonly<Record<string, unknown>>,
  encrypted: readonly string[],
): { settings: Settings; faults: readonly Fault[] } {
  const defaults = profile(environment);
  const merged = merge(settingsSchema, defaults, said);
  const result = settingsSchema.safeParse(merged);
  const { faults, meant } = diagnose(result.error?.issues ?? [], merged);
  const { settings, replaced } = result.success
    ? { settings: result.data, replaced: [] }
    : mended(merged, defaults);
  const doubtful = [...faults.map(({ path }) => path), ...meant, ...replaced];
  const certain = (fault: Fault): boolean =>
    [fault.path, ...(fault.judgedBy ?? [])].every(
      (one) => !doubtful.some((other) => overlap(one, other)),
    );
  const unfit = unfitTexts(merged).filter(certain);
  doubtful.push(...unfit.map(({ path }) => path));
  const broken = rules.flatMap((rule) => rule({ settings, encrypted })).filter(certain);
  return { settings, faults: [...faults, ...unfit, ...broken] };
}

/** More than any setting is deep. */
const deepest = 16;

/**
 * Puts defaults in the place of what the schema refuses, so that the rules between settings can be
 * checked in the same run: first for the setting itself, then for the map around it, and so on. What was
 * replaced says nothing about what the stack says there.
 */
function mended(
  merged: unknown,
  defaults: unknown,
): { readonly settings: Settings; readonly replaced: readonly Path[] } {
  const standIns = merge(undefined, defaults, { cluster: { context: "unknown" } });
  const places: Path[] = [];
  let candidate = merged;
  for (let climbed = 0; climbed < deepest; climbed += 1) {
    const result = settingsSchema.safeParse(candidate);
    if (result.success) return { settings: result.data, replaced: places };
    for (const issue of result.error.issues) {
      const unknown = issue.code === "unrecognized_keys" ? issue.keys : undefined;
      for (const path of unknown?.map((key) => [...issue.path, key]) ?? [issue.path]) {
        const place = path.slice(0, Math.max(0, path.length - climbed));
        const isUnknown = unknown !== undefined && climbed === 0;
        if (climbed > 0) places.push(place);
        candidate = withValue(candidate, place, isUnknown ? undefined : valueAt(standIns, place));
      }
    }
  }
  return { settings: settingsSchema.parse(standIns), replaced: [[]] };
}

/** `root` with another value at `path`, or with none; the original stays as it is. */
function withValue(root: unknown, path: Path, value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const below = withValue(own(root, step), rest, value);
  if (Array.isArray(root)) {
    return root.map((item: unknown, index) => (index === step ? below : item));
  }
  if (!isRecord(root)) return root;
  const others = Object.entries(root).filter(([key]) => key !== step);
  return Object.fromEntries(below === undefined ? others : [...others, [String(step), below]]);
}

/** Whether one of the two settings is the other or is inside it. */
function overlap(one: Path, other: Path): boolean {
  const shorter = one.length < other.length ? one : other;
  return shorter.every((step, index) => step === one[index] && step === other[index]);
}

function deepFreeze<T>(value: T): T {
  if (isRecord(value) || Array.isArray(value)) {
    Object.values(Object.freeze(value)).forEach(deepFreeze);
  }
  return value;
}
