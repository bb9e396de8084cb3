import { type Volume, volume } from "../blocks";
import { type Fault, type Path, settingName } from "../faults";
import { settingsSchema } from "../settings";
import { identity, walk } from "../shape";
import { isOff } from "./blocks";
import type { RuleInput } from "./index";

/** A claim that exists is the volume of one server: a second one would write into its files. */
export function claimRules({ settings }: RuleInput): Fault[] {
  const users = new Map<string, Path>();
  const faults: Fault[] = [];
  walk(settingsSchema, settings, (schema, value, path) => {
    if (identity(schema) !== identity(volume) || isOff(path, settings)) return;
    const { existingClaim } = value as Volume;
    if (existingClaim === undefined) return;
    const claim = `${namespaceOf(path)} ${existingClaim}`;
    const other = users.get(claim);
    if (other === undefined) {
      users.set(claim, path);
    } else {
      faults.push({
        path: [...path, "existingClaim"],
        value: existingClaim,
        expected: `a claim of its own, and ${settingName(other)} has this one`,
        judgedBy: [[...other, "existingClaim"]],
      });
    }
  });
  return faults;
}

/** What tells the namespace of a setting; the parts of telemetry have one each. */
function namespaceOf([system = "", part = ""]: Path): string {
  return system === "telemetry" ? String(part) : String(system);
}
