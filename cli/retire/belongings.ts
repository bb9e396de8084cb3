import type { Deployment, Ingress, KubernetesObject, Service, StatefulSet } from "../kubernetes";
import type { Orphan } from "./model";

/** What has a pod template. */
export type Server = Deployment | StatefulSet;

/**
 * The Services that lead to a Deployment and to nobody outside the list, with those who still send to
 * them: by an Ingress, from outside, or by their variables. Callers in other namespaces are not seen.
 */
export function orphansOf(
  deployment: Deployment,
  listed: readonly string[],
  there: {
    readonly servers: readonly Server[];
    readonly services: readonly Service[];
    readonly ingresses: readonly Ingress[];
  },
): readonly Orphan[] {
  const stays = there.servers.filter((server) => !isListed(server, listed));
  return there.services
    .filter((service) => leadsTo(service, deployment))
    .filter((service) => !stays.some((server) => leadsTo(service, server)))
    .map((service) => ({
      name: service.metadata.name,
      senders: [
        ...(service.spec?.type === "LoadBalancer" || service.spec?.type === "NodePort"
          ? [`whoever is outside (${service.spec.type})`]
          : []),
        ...there.ingresses.flatMap((ingress) => byIngress(ingress, service.metadata.name)),
        ...stays
          .filter((server) => namesHost(server, service.metadata.name))
          .map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ],
    }));
}

function isListed({ kind, metadata }: KubernetesObject, listed: readonly string[]): boolean {
  return kind === "Deployment" && listed.includes(metadata.name);
}

function leadsTo({ spec }: Service, server: Server): boolean {
  const labels = server.spec?.template.metadata?.labels ?? {};
  const selector = Object.entries(spec?.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

function byIngress({ metadata, spec }: Ingress, service: string): string[] {
  const rules = (spec?.rules ?? []).filter((rule) =>
    rule.http?.paths.some(({ backend }) => backend.service?.name === service),
  );
  const isDefault = spec?.defaultBackend?.service?.name === service;
  if (rules.length === 0 && !isDefault) return [];
  const hosts = rules.map(({ host }) => host ?? "any host");
  return [`Ingress ${metadata.name} (${hosts.length === 0 ? "any host" : hosts.join(", ")})`];
}

/** Whether a variable of a server names a Service as a host. Its value is shown nowhere: it may have a password. */
function namesHost(server: Server, service: string): boolean {
  const host = new RegExp(`(?<![\\w.-])${service.replaceAll(".", "\\.")}(?![\\w-])`);
  return containersOf(server).some(({ env = [] }) =>
    env.some(({ value }) => value !== undefined && host.test(value)),
  );
}

/** ConfigMaps, Secrets and claims that the pods of a server have: they stay when it goes. */
export function usesOf(server: Server): readonly string[] {
  const pod = server.spec?.template.spec;
  const volumes = (pod?.volumes ?? []).flatMap((volume) => [
    named("ConfigMap", volume.configMap?.name),
    named("Secret", volume.secret?.secretName),
    named("PersistentVolumeClaim", volume.persistentVolumeClaim?.claimName),
  ]);
  const variables = containersOf(server).flatMap(({ env = [], envFrom = [] }) => [
    ...env.flatMap(({ valueFrom }) => [
      named("ConfigMap", valueFrom?.configMapKeyRef?.name),
      named("Secret", valueFrom?.secretKeyRef?.name),
    ]),
    ...envFrom.flatMap((from) => [
      named("ConfigMap", from.configMapRef?.name),
      named("Secret", from.secretRef?.name),
    ]),
  ]);
  return [...new Set([...volumes, ...variables].flat())].sort();
}

function named(kind: string, name: string | undefined): string[] {
  return name === undefined ? [] : [`${kind} ${name}`];
}

function containersOf(server: Server) {
  const pod = server.spec?.template.spec;
  return [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])];
}
