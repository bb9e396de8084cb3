import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { isMap, parseDocument, stringify } from "yaml";

import { merge } from "../../config/merge";
import { type Settings, settingsSchema } from "../../config/settings";
import { isRecord, keysOf, valueAt } from "../../config/shape";
import type { System } from "../restore/system";
import { writeWhole } from "../toolchain/stamp";
import { type Override, stackSetting, type Workspace } from "../workspace";
import { readStackFile } from "../workspace/stacks";
import type { Setting } from "./verdict";

/** Those of the proposed settings that the stack does not have. A secret may have more to it, a rotation say. */
export function missingSettings(
  settings: Settings,
  system: System,
  proposed: readonly Setting[],
): readonly Setting[] {
  return proposed.filter(({ path, value }) => {
    const now = valueAt(settings[system], path);
    if (!isRecord(value)) return !isDeepStrictEqual(now, value);
    return !Object.entries(value).every(([key, part]) => isRecord(now) && now[key] === part);
  });
}

/** Settings as they stand below `platform:SYSTEM`. */
export function treeOf(settings: readonly Setting[]): Record<string, unknown> {
  return settings.reduce<Record<string, unknown>>(
    (tree, { path, value }) =>
      merge(
        undefined,
        tree,
        path.reduceRight<unknown>((below, step) => ({ [step]: below }), value),
      ) as Record<string, unknown>,
    {},
  );
}

/** Settings as the lines of a stack file. */
export function yamlOf(system: System, settings: readonly Setting[]): string {
  return stringify({ config: { [`platform:${system}`]: treeOf(settings) } }, { lineWidth: 0 });
}

/** What a stack says of a system, with more settings over it. */
export function withSettings(
  workspace: Workspace,
  stack: string,
  system: System,
  settings: readonly Setting[],
  overrides: readonly Override[],
): readonly Override[] {
  const key = `platform:${system}`;
  const over = overrides.find((override) => override.key === key);
  const said = over?.value ?? stackSetting(readStackFile(workspace, stack), key) ?? {};
  const schema = keysOf(settingsSchema, {})?.[system];
  const value = merge(schema, said, treeOf(settings));
  return [...overrides.filter((override) => override.key !== key), { key, value }];
}

/** Writes settings into the stack file, and leaves its other lines and its comments as they are. */
export function writeSettings(
  { repository }: Workspace,
  stack: string,
  system: System,
  settings: readonly Setting[],
): string {
  const file = `Pulumi.${stack}.yaml`;
  const path = join(repository, file);
  writeWhole(path, withLines(readFileSync(path, "utf8"), system, settings));
  return file;
}

/** The text of a stack file with more settings in it. */
export function withLines(text: string, system: System, settings: readonly Setting[]): string {
  const document = parseDocument(text);
  for (const { path, value } of settings) {
    const at = ["config", `platform:${system}`, ...path];
    const before = document.getIn(at);
    const isSameSource =
      isMap(before) && isRecord(value) && "from" in value && before.get("from") === value.from;
    if (isSameSource) {
      for (const [key, part] of Object.entries(value)) document.setIn([...at, key], part);
    } else {
      document.setIn(at, document.createNode(value));
    }
  }
  return document.toString({ lineWidth: 0 });
}
