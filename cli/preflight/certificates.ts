import { X509Certificate } from "node:crypto";

import { failed, type Finding, passed, unchecked, warning } from "./model";

/** Let's Encrypt renews a month before the end; at two weeks something has gone wrong. */
const soonDays = 14;
const dayMs = 86_400_000;

/** Until when a certificate of somebody else is valid, and for which hosts. A certificate is public. */
export function certificateFindings(
  subject: string,
  base64: string,
  hosts: readonly string[],
  now: Date,
): readonly Finding[] {
  const name = `Certificate in ${subject}`;
  const certificate = parsed(base64);
  if (certificate === undefined) {
    return [unchecked(name, "its tls.crt is not understood as a certificate")];
  }
  const end = Date.parse(certificate.validTo);
  const day = new Date(end).toISOString().slice(0, 10);
  const left = Math.floor((end - now.getTime()) / dayMs);
  const other = hosts.filter((host) => certificate.checkHost(host) === undefined);
  if (end <= now.getTime()) return [failed(name, `expired on ${day}`, "Renew it.")];
  return [
    left < soonDays
      ? warning(name, `expires on ${day}, in ${left} days`, "Renew it.")
      : passed(name, `valid until ${day}`),
    ...(other.length === 0
      ? []
      : [warning(name, `not made for ${other.join(", ")}`, "Have one issued for these hosts.")]),
  ];
}

function parsed(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, "base64"));
  } catch {
    return undefined;
  }
}
