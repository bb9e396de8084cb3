/** The shortest prefix of a block that is still some network, and not a large part of all there is. */
const shortestPrefix = { v4: 8, v6: 16 };

/** Whether a block of addresses names a large part of all there are, as `0.0.0.0/1` does. */
export function namesMostAddresses(cidr: string): boolean {
  const [address = "", length] = cidr.split("/");
  const shortest = address.includes(":") ? shortestPrefix.v6 : shortestPrefix.v4;
  return length !== undefined && Number(length) < shortest;
}
