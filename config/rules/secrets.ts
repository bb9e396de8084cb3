import {
  dataKey,
  rulersSecret,
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

/** Another value under the same number would reach neither the store nor the readers that are up. */
const isNextValue: Rule = (value, path) => {
  const kept = "keepGenerations" in value ? (value.keepGenerations ?? 0) : 0;
  const { rotation = 1 } = value;
  if (rotation > kept) return [];
  return [
    {
      path: [...path, "rotation"],
      value: rotation,
      expected: `at least ${String(kept + 1)}, because keepGenerations keeps ${String(kept)} and this value comes after them`,
      judgedBy: [[...path, "keepGenerations"]],
    },
  ];
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

/** Refuses another value by whatever name, and says what to do instead. */
function keepsItsValue(because: string, mend: string): Rule {
  const only = { rotation: 1, keepGenerations: 0, released: 0, discarded: 0 };
  return (value, path) =>
    Object.entries(only).flatMap(([name, expected]) => {
      const said = (value as Readonly<Record<string, unknown>>)[name] ?? expected;
      return said === expected
        ? []
        : [
            {
              path: [...path, name],
              value: said,
              expected: `${String(expected)}, because ${because}`,
              mend,
            },
          ];
    });
}

const keepsItsName = keepsItsValue(
  "this is a name, and the store would keep the old one with its rights",
  "rotate secretKey beside it: that is the secret",
);

const keepsItsKey = keepsItsValue(
  "this key encrypts what is stored, and the program that stores it takes one key alone",
  "with another one all that is stored would be unreadable; it would have to be read with the old key and written anew with the next one first, which that program does not offer",
);

const byKind = new Map<unknown, readonly Rule[]>([
  [identity(secret), [hasEncryptedSetting, isNextValue, retiresInOrder]],
  [identity(storeSecret), [hasEncryptedSetting, isNextValue, retiresInOrder]],
  [identity(rulersSecret), [retiresInOrder]],
  [identity(storeName), [hasEncryptedSetting, keepsItsName]],
  [identity(dataKey), [hasEncryptedSetting, keepsItsKey]],
  [identity(givenSecret), [hasGivenSetting]],
]);
