const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Cores, bytes or pieces. Unlike a setting, what a cluster says may be in any form that Kubernetes
 * has: `100m`, `1e3`, `0.5Gi`, `2k`. Not a number where it is none of them.
 */
export function amount(quantity: string | number): number {
  const found = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2})$/.exec(String(quantity));
  return found === null ? Number.NaN : Number(found[1]) * (factors[found[2] ?? ""] ?? Number.NaN);
}

/** Amounts by their name, `requests.cpu`. */
export type Amounts = Readonly<Record<string, number>>;

export function sum(all: readonly Amounts[]): Amounts {
  const total: Record<string, number> = {};
  for (const amounts of all) {
    for (const [name, value] of Object.entries(amounts)) total[name] = (total[name] ?? 0) + value;
  }
  return total;
}

/** The larger one of each. */
export function largest(all: readonly Amounts[]): Amounts {
  const most: Record<string, number> = {};
  for (const amounts of all) {
    for (const [name, value] of Object.entries(amounts)) {
      most[name] = Math.max(most[name] ?? 0, value);
    }
  }
  return most;
}

export function times(amounts: Amounts, factor: number): Amounts {
  return Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, value * factor]));
}

/** For people: `1.5 cores`, `512 MiB`, `3`. */
export function amountText(name: string, value: number): string {
  if (name.endsWith("cpu")) return `${rounded(value)} cores`;
  if (!/memory|storage/.test(name)) return String(rounded(value));
  const gibi = value / 2 ** 30;
  return Math.abs(gibi) >= 1 ? `${rounded(gibi)} GiB` : `${rounded(value / 2 ** 20)} MiB`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
