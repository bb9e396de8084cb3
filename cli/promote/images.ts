import { type Path, plainName } from "../../config/faults";
import { isOff } from "../../config/rules/blocks";
import { image } from "../../config/scalars";
import { type Settings, settingsSchema } from "../../config/settings";
import { identity, own, schemaAt, valueAt, walk } from "../../config/shape";

/** A system whose images are carried from one stack to the next. */
export const systems = ["thunderline", "faultmaven", "philotes", "telemetry"] as const;
export type System = (typeof systems)[number];

/** An image of a system, as its settings have it in the end. */
export interface Image {
  /** Its setting from the top, `["faultmaven", "tracks", 0, "image"]`. */
  readonly path: Path;
  /** The same setting in each stack, whatever the order of a list: `faultmaven.tracks[blue].image`. */
  readonly key: string;
  readonly reference: string;
  /** Whether nothing runs it, because its system or its part is switched off. */
  readonly off: boolean;
}

/** All images of a system, the defaults of its environment among them. */
export function imagesOf(settings: Settings, system: System): Image[] {
  const images: Image[] = [];
  const schema = schemaAt(settingsSchema, [system], settings);
  if (schema === undefined) throw new Error(`There are no settings of ${system}.`);
  walk(schema, settings[system], (at, value, below) => {
    if (identity(at) !== identity(image) || typeof value !== "string") return;
    const path = [system, ...below];
    const off = isUnused(path, settings);
    images.push({ path, key: keyOf(settings, path), reference: value, off });
  });
  return images;
}

/** Parts are switched off by `enabled`; stores and jobs that may be missing, by their `mode` or `type`. */
function isUnused(path: Path, settings: Settings): boolean {
  if (isOff(path, settings)) return true;
  return path.some((_, index) => {
    const around = valueAt(settings, path.slice(0, index));
    return own(around, "mode") === "off" || own(around, "type") === "off";
  });
}

/** An item of a list goes by its name: `release` of track blue is one thing, wherever it stands. */
function keyOf(settings: Settings, path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step !== "number") return `${index === 0 ? "" : "."}${plainName(String(step))}`;
      const { name } = valueAt(settings, path.slice(0, index + 1)) as { name?: string };
      return `[${name ?? step}]`;
    })
    .join("");
}

/** An image reference without its tag and digest. */
export function repositoryOf(reference: string): string {
  const [name = ""] = reference.split("@");
  return name.replace(/:[^/:]*$/, "");
}
