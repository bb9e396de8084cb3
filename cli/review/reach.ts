import { type DeclaredObject, fieldsOf, lastingName, listOf, specOf } from "./objects";

/** The ways from outside the cluster into it, each in words: hosts of Ingresses, Services of a type for it. */
export function reachOf(objects: readonly DeclaredObject[]): string[] {
  return objects.flatMap((object) => {
    if (object.kind === "Ingress") return hostsOf(object);
    return object.kind === "Service" ? [serviceOf(object)].flat() : [];
  });
}

function hostsOf(ingress: DeclaredObject): string[] {
  const { rules, tls } = specOf(ingress);
  const encrypted = listOf(tls).flatMap(({ hosts }) =>
    Array.isArray(hosts) ? (hosts as unknown[]) : [],
  );
  return listOf(rules).flatMap(({ host = "any host", http }) =>
    listOf(fieldsOf(http).paths).map(({ path = "/", backend }) => {
      const service = fieldsOf(fieldsOf(backend).service);
      const { number, name } = fieldsOf(service.port);
      const plain = encrypted.includes(host) ? "" : ", without TLS";
      return (
        `${String(host)}${String(path)} leads to Service ${String(service.name)} of ` +
        `${ingress.namespace} on ${String(number ?? name)}${plain}`
      );
    }),
  );
}

function serviceOf(service: DeclaredObject): string[] {
  const { type = "ClusterIP", ports, loadBalancerSourceRanges, externalIPs } = specOf(service);
  const addresses = Array.isArray(externalIPs) && externalIPs.length > 0 ? externalIPs : undefined;
  if (type === "ClusterIP" && addresses === undefined) return [];
  const whom =
    Array.isArray(loadBalancerSourceRanges) && loadBalancerSourceRanges.length > 0
      ? loadBalancerSourceRanges.join(", ")
      : "any address";
  const numbers = listOf(ports).map(({ port }) => String(port));
  const where = addresses === undefined ? "" : ` at ${addresses.join(", ")}`;
  return [
    `Service ${lastingName(service)} of ${service.namespace} is a ${String(type)}${where}, ` +
      `open to ${whom} on ${numbers.join(" and ")}`,
  ];
}
