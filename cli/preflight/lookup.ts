import { lookup as lookupOfSystem } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** The addresses of a host. Its failure has the resolver's `code`, such as ENOTFOUND. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** As every program on this machine finds a host: by its hosts file, then its resolver. */
export const systemLookup: Lookup = async (host) => {
  const found = await lookupOfSystem(host, { all: true });
  return found.map(({ address }) => address);
};

/** What came of looking a host up. */
export type Resolution =
  | { readonly kind: "found"; readonly addresses: readonly string[] }
  /** The resolver says that there is no such host. */
  | { readonly kind: "absent" }
  /** Nobody has said anything, so that nothing is known. */
  | { readonly kind: "unknown"; readonly why: string };

const saysAbsent = ["ENOTFOUND", "ENODATA"];

/** Looks a host up, for so many milliseconds at most. */
export async function resolution(
  host: string,
  lookup: Lookup,
  timeoutMs: number,
): Promise<Resolution> {
  const late = `no resolver has answered within ${timeoutMs / 1000} s`;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Resolution>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: "unknown", why: late });
    }, timeoutMs);
  });
  const answer = lookup(host).then(
    (addresses): Resolution => ({ kind: "found", addresses }),
    (error: unknown): Resolution => {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== undefined && saysAbsent.includes(code)) return { kind: "absent" };
      return { kind: "unknown", why: code ?? message };
    },
  );
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** The addresses that are in none of these blocks, such as `192.0.2.0/24`. */
export function outsideOf(
  addresses: readonly string[],
  blocks: readonly string[],
): readonly string[] {
  const list = new BlockList();
  for (const block of blocks) {
    const [network = "", prefix = ""] = block.split("/");
    list.addSubnet(network, Number(prefix), familyOf(network));
  }
  return addresses.filter((address) => !list.check(address, familyOf(address)));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
