import { type Ingress, kinds, nameOf } from "../kubernetes";
import { failed, type Finding, passed } from "../preflight/model";
import type { ValidationContext } from "./model";
import { counterpart, declaredOf } from "./objects";

/** Whether the controller has given each Ingress an address. */
export async function ingresses({
  declared,
  live,
  again,
}: ValidationContext): Promise<readonly Finding[]> {
  const found = await live.list(kinds.ingresses);
  return declaredOf(declared, kinds.ingresses).map((ingress) =>
    ingressFinding(ingress, counterpart(found, ingress), again),
  );
}

export function ingressFinding(
  declared: Ingress,
  live: Ingress | undefined,
  again: string,
): Finding {
  const subject = nameOf(declared);
  if (live === undefined) return failed(subject, "not on the cluster", again);
  const addresses = (live.status?.loadBalancer?.ingress ?? []).flatMap(
    ({ ip, hostname }) => ip ?? hostname ?? [],
  );
  const hosts = (live.spec?.rules ?? []).flatMap(({ host }) => host ?? []).join(", ");
  if (addresses.length > 0) return passed(subject, `${hosts} at ${addresses.join(", ")}`);
  const className = live.spec?.ingressClassName;
  return failed(
    subject,
    `no address: no controller has taken it up, of class ${className ?? "by default"}`,
    "Does a controller of its class run, and does its Service have an address? kubectl get ingressclass; kubectl get services -A",
  );
}
