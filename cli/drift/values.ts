import { masked } from "./fields";

const width = 80;

/**
 * What programs read: variables, arguments, files, annotations. Ours have no secret in them, but somebody
 * may have put one there by hand, and a report is read by many.
 */
const read = /(\.env\[[^\]]*\]|\.(command|args)(\b|\[)|^(data|binaryData)\b|\.annotations\b)/;

/** A value as a report may show it; undefined where only its path may be told. */
export function shown(path: string, value: unknown): string | undefined {
  if (value === masked) return masked;
  if (value === undefined || read.test(path)) return undefined;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.includes("\n")) return `a text of ${text.trimEnd().split("\n").length} lines`;
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
