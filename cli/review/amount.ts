const factors: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/**
 * A Kubernetes quantity as a number: cores, or bytes. Wider than that of the settings, because
 * objects may come from elsewhere; what is no quantity counts nothing.
 */
export function amountOf(quantity: unknown): number {
  if (typeof quantity === "number") return Number.isFinite(quantity) ? quantity : 0;
  const [, number = "", unit = ""] =
    typeof quantity === "string"
      ? (/^(\d+(?:\.\d*)?(?:e\d+)?)([kKMGTPm]i?)?$/.exec(quantity) ?? [])
      : [];
  return Number(number) * (factors[unit] ?? 0);
}

/** Thousandths of a core for people: `3.5`, `0.25`. */
export function coresText(milli: number): string {
  return String(Math.round(milli) / 1000);
}

/** Bytes for people, in the unit that leaves a number from 1 to 1023: `32.5 Gi`. */
export function bytesText(bytes: number): string {
  const units = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  const value = bytes / 1024 ** power;
  return `${String(Math.round(value * 100) / 100)} ${units[power] ?? ""}`.trim();
}
