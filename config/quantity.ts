/**
 * Kubernetes quantities as whole numbers, so that they can be compared and added without rounding:
 * CPU in thousandths of a core, everything else in bytes.
 */

const binary: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const decimal: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Thousandths of a core, or undefined where `text` is no CPU quantity: `500m`, `2`, `0.5`. */
export function parseCpu(text: string): number | undefined {
  const milli = /^([1-9]\d{0,8})m$/.exec(text);
  if (milli) return Number(milli[1]);
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(text)) return undefined;
  const value = Math.round(Number(text) * 1000);
  return value > 0 ? value : undefined;
}

/** Bytes, or undefined where `text` is no quantity of memory or storage: `512Mi`, `10Gi`, `1G`. */
export function parseBytes(text: string): number | undefined {
  const match = /^([1-9]\d{0,11})(Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(text);
  if (!match) return undefined;
  const unit = match[2];
  const factor = unit === undefined ? 1 : (binary[unit] ?? decimal[unit]);
  const value = Number(match[1]) * (factor ?? 1);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** CPU as Kubernetes writes it back: whole cores where it can, thousandths where not. */
export function formatCpu(milli: number): string {
  return milli % 1000 === 0 ? String(milli / 1000) : `${String(milli)}m`;
}

/** Bytes in the largest binary unit that divides them. */
export function formatBytes(bytes: number): string {
  for (const unit of ["Ti", "Gi", "Mi", "Ki"] as const) {
    const factor = binary[unit] ?? 1;
    if (bytes >= factor && bytes % factor === 0) return `${String(bytes / factor)}${unit}`;
  }
  return String(bytes);
}
