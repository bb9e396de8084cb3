import { type Volume, volume } from "../blocks";
import { type Fault, type Path, settingName } from "../faults";
import { type Settings, settingsSchema } from "../settings";
import { identity, walk } from "../shape";
import {
  optionalPostgres,
  type OptionalPostgresSettings,
  ownDataFolder,
  postgres,
} from "../stores";
import { isOff } from "./blocks";
import type { RuleInput } from "./index";

/** A claim that exists is the volume of one server: a second one would write into its files. */
export function claimRules({ settings }: RuleInput): Fault[] {
  const users = new Map<string, Path>();
  const faults: Fault[] = [];
  for (const { system, part, claim, path } of claimUses(settings)) {
    // The parts of telemetry have a namespace each.
    const place = `${system === "telemetry" ? part : system} ${claim}`;
    const other = users.get(place);
    if (other === undefined) {
      users.set(place, path);
    } else {
      faults.push({
        path: [...path, "existingClaim"],
        value: claim,
        expected: `a claim of its own, and ${settingName(other)} has this one`,
        judgedBy: [[...other, "existingClaim"]],
      });
    }
  }
  return faults;
}

/**
 * A folder of another server's goes with its claim: on a volume of our own the server would make an empty
 * database, and one that lives on there would not be found any more.
 */
export function dataFolderRules({ settings }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  walk(settingsSchema, settings, (schema, value, path) => {
    if (![postgres, optionalPostgres].some((it) => identity(it) === identity(schema))) return;
    const { dataFolder, volume: claimed } = value as OptionalPostgresSettings;
    if (claimed.existingClaim !== undefined || dataFolder === ownDataFolder) return;
    faults.push({
      path: [...path, "dataFolder"],
      value: dataFolder,
      expected: `${ownDataFolder}, because no existingClaim has the data elsewhere`,
      judgedBy: [[...path, "volume", "existingClaim"]],
    });
  });
  return faults;
}

/** A claim that exists, and the volume that is to be it. */
export interface ClaimUse {
  readonly system: "thunderline" | "faultmaven" | "philotes" | "telemetry";
  /** The part of the system that has the volume. */
  readonly part: string;
  readonly claim: string;
  /** Of the volume. */
  readonly path: Path;
}

/** All that the settings name, of parts that are on. */
export function claimUses(settings: Settings): readonly ClaimUse[] {
  const uses: ClaimUse[] = [];
  walk(settingsSchema, settings, (schema, value, path) => {
    if (identity(schema) !== identity(volume) || isOff(path, settings)) return;
    const { existingClaim: claim } = value as Volume;
    const [system, part] = path;
    if (claim === undefined) return;
    uses.push({ system: system as ClaimUse["system"], part: String(part), claim, path });
  });
  return uses;
}
