import type { z } from "zod";

import type { SecretChoice } from "./blocks";
import { type Fault, hidden } from "./faults";
import { type Settings, settingsSchema } from "./settings";
import { walk } from "./shape";
import { optionalPostgres, postgres, redis } from "./stores";
import { sourceDatabase } from "./systems/philotes";

/**
 * What is wrong with encrypted settings whose values stand inside other texts as they are. `valueOf`
 * gives a value by its name, or undefined where there is none; no fault shows one.
 */
export function unfitValues(
  settings: Settings,
  valueOf: (key: string) => string | undefined,
): readonly Fault[] {
  const unfit = (keys: Iterable<string>, fit: RegExp): string[] =>
    [...keys].filter((key) => !fit.test(valueOf(key) ?? "fit"));
  return [
    ...unfit(passwordsInUrls(settings), urlSafe).map(unfitForUrl),
    ...unfit(valuesInQuotes(settings), quotable).map(unfitForQuotes),
  ];
}

/** The unreserved characters of RFC 3986. */
const urlSafe = /^[\w.~-]+$/;

/** The stores whose address has the password in it. */
const stores: readonly z.ZodType[] = [postgres, optionalPostgres, redis, sourceDatabase];

/** How such a store says what opens it, on a server of this program or on an external one. */
interface Opened {
  readonly password: SecretChoice;
  readonly external?: { readonly password: SecretChoice } | undefined;
}

/** The encrypted settings that stand in a store's URL, as they are. */
function passwordsInUrls(settings: Settings): ReadonlySet<string> {
  const choices: SecretChoice[] = [];
  walk(settingsSchema, settings, (schema, value) => {
    if (!stores.includes(schema)) return;
    const { password, external } = value as Opened;
    choices.push(password, ...(external === undefined ? [] : [external.password]));
  });
  return new Set(choices.flatMap((choice) => (choice.from === "setting" ? [choice.key] : [])));
}

function unfitForUrl(key: string): Fault {
  return {
    path: [key],
    value: hidden,
    expected: "letters, digits, hyphens, dots, underscores and tildes, because it stands in a URL",
  };
}

const quotable = /^[^'\r\n]*$/;

/** The encrypted settings that a program puts between single quotes of a file, as they are. */
function valuesInQuotes({ telemetry }: Settings): string[] {
  const { credentials } = telemetry.mqtt;
  if (credentials === undefined) return [];
  return [credentials.user, credentials.password].flatMap((choice) =>
    choice.from === "setting" ? [choice.key] : [],
  );
}

function unfitForQuotes(key: string): Fault {
  return {
    path: [key],
    value: hidden,
    expected: "no single quote and no line break, because it stands between quotes in a file",
  };
}
