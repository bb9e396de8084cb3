import { isRecord, own } from "./shape";

/** The names of the encrypted settings that settings refer to, whether the stack has them or not. */
export function referredKeys(settings: unknown): string[] {
  const keys = new Set<string>();
  collect(settings, keys);
  const credentials = own(own(own(settings, "cluster"), "registryCredentials"), "key");
  if (typeof credentials === "string") keys.add(credentials);
  return [...keys].sort();
}

function collect(value: unknown, keys: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, keys);
  if (!isRecord(value)) return;
  if (value.from === "setting" && typeof value.key === "string") keys.add(value.key);
  for (const below of Object.values(value)) collect(below, keys);
}
