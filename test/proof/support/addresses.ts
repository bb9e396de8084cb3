/** Where blocks of addresses begin and end. */
import { isIPv4 } from "node:net";

/**
 * The first and the last address of a block, and those beside it: what holds for these holds for all
 * between them.
 *
 * @throws Error for a block of IPv6, of which no stack has any
 */
export function edgesOf(cidr: string): string[] {
  const [network = "", prefix = ""] = cidr.split("/");
  if (!isIPv4(network)) throw new Error(`${cidr} is no block of IPv4.`);
  const size = 2 ** (32 - Number(prefix));
  const first = Math.floor(numberOf(network) / size) * size;
  return [first - 1, first, first + size - 1, first + size]
    .filter((number) => number >= 0 && number < 2 ** 32)
    .map(addressOf);
}

function numberOf(address: string): number {
  return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => String(Math.floor(number / 2 ** bits) % 256)).join(".");
}
