import {
  dataKey,
  generatedSecret,
  givenSecret,
  secret,
  type SecretChoice,
  storeName,
  storeSecret,
} from "../blocks";
import { type Fault, nearest, type Path } from "../faults";
import { settingsSchema } from "../settings";
import { identity, walk } from "../shape";
import { isOff } from "./blocks";
import type { RuleInput } from "./index";

type Rule = (value: SecretChoice, path: Path, input: RuleInput) => Fault[];

/** Rules that hold for a secret wherever it stands in the settings. */
export function secretRules(input: RuleInput): Fault[] {
  const faults: Fault[] = [];
  walk(settingsSchema, input.settings, (schema, value, path) => {
    for (const rule of byKind.get(identity(schema)) ?? []) {
      faults.push(...rule(value as SecretChoice, path, input));
    }
  });
  return faults;
}

const hasEncryptedSetting: Rule = (value, path, { encrypted }) => {
  if (value.from !== "setting" || encrypted.includes(value.key)) return [];
  const meant = nearest(value.key, encrypted);
  return [
    {
      path: [...path, "key"],
      value: value.key,
      expected: "the name of an encrypted setting of this stack",
      mend:
        meant === undefined
          ? `set it with: pulumi config set --secret platform:${value.key}`
          : `did you mean ${meant}?`,
    },
  ];
};

/** Only who is up needs the key of somebody else's service; what a store keeps has to stay as it is. */
const hasGivenSetting: Rule = (value, path, input) =>
  isOff(path, input.settings) ? [] : hasEncryptedSetting(value, path, input);

/** Generations are released before they are discarded, and the current one is neither. */
const retiresInOrder: Rule = (value, path) => {
  const released = "released" in value ? (value.released ?? 0) : 0;
  const discarded = "discarded" in value ? (value.discarded ?? 0) : 0;
  const faults: Fault[] = [];
  const { most, because, judgedBy } = retirable(value);
  if (released > most) {
    faults.push({
      path: [...path, "released"],
      value: released,
      expected: `at most ${String(most)}, because ${because}`,
      judgedBy: [[...path, judgedBy]],
    });
  }
  if (discarded > released) {
    faults.push({
      path: [...path, "discarded"],
      value: discarded,
      expected: `at most released, ${String(released)}`,
      mend: `set released to ${String(discarded)} and update, then discard in the next update: the engine refuses to delete what it still protects`,
      judgedBy: [[...path, "released"]],
    });
  }
  return faults;
};

/** How many generated values may go at most. */
function retirable(value: SecretChoice): { most: number; because: string; judgedBy: string } {
  if (value.from === "generated") {
    const rotation = value.rotation ?? 1;
    const because = `generation ${String(rotation)} is in use`;
    return { most: rotation - 1, because, judgedBy: "rotation" };
  }
  const kept = "keepGenerations" in value ? (value.keepGenerations ?? 0) : 0;
  const because = `keepGenerations keeps ${String(kept)}`;
  return { most: kept, because, judgedBy: "keepGenerations" };
}

/** Refuses the next generation, and says what to do instead. */
function hasNoRotation(because: string, mend: string): Rule {
  return ({ rotation = 1 }, path) =>
    rotation === 1
      ? []
      : [{ path: [...path, "rotation"], value: rotation, expected: `1, because ${because}`, mend }];
}

const keepsItsName = hasNoRotation(
  "this is a name, and the store would keep the old one with its rights",
  "rotate secretKey beside it: that is the secret",
);

const keepsItsKey = hasNoRotation(
  "this key encrypts what is stored, and the program that stores it takes one key alone",
  "with another one all that is stored would be unreadable; it would have to be read with the old key and written anew with the next one first, which that program does not offer",
);

const byKind = new Map<unknown, readonly Rule[]>([
  [identity(secret), [hasEncryptedSetting, retiresInOrder]],
  [identity(storeSecret), [hasEncryptedSetting, retiresInOrder]],
  [identity(generatedSecret), [retiresInOrder]],
  [identity(storeName), [hasEncryptedSetting, retiresInOrder, keepsItsName]],
  [identity(dataKey), [hasEncryptedSetting, retiresInOrder, keepsItsKey]],
  [identity(givenSecret), [hasGivenSetting]],
]);
