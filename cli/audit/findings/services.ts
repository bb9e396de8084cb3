import type { Ingress, Service } from "../../kubernetes";
import { forWorkloads, type Inventory } from "../inventory";
import { type Found, kubectl, mend, type Mend, type Rule } from "../model";
import { isOfCluster, ownerOf } from "../owner";
import { readyText, titleOf, type Workload } from "../workload";
import { some } from "./mending";

/** Services behind which nobody answers. */
export const endpoints: Rule = {
  name: "no-endpoints",
  about: "Services without endpoints",
  needs: [...forWorkloads, "services", "endpointSlices", "ingresses"],
  find: (inventory) =>
    inventory.services
      .filter(({ metadata: { namespace = "" } }) => !isOfCluster(namespace))
      // Without a selector somebody else says where it leads.
      .filter(({ spec }) => Object.keys(spec?.selector ?? {}).length > 0)
      .filter((service) => !hasEndpoint(inventory, service))
      .map((service) => silent(inventory, service)),
};

function hasEndpoint({ endpointSlices }: Inventory, { metadata, spec }: Service): boolean {
  return (
    endpointSlices
      .filter(
        (it) =>
          it.metadata.namespace === metadata.namespace &&
          it.metadata.labels?.["kubernetes.io/service-name"] === metadata.name,
      )
      // The server writes null for none, whatever the type says.
      .flatMap(({ endpoints: all }) => (all as typeof all | null) ?? [])
      .some(
        ({ conditions }) => conditions?.ready !== false || spec?.publishNotReadyAddresses === true,
      )
  );
}

function silent(inventory: Inventory, service: Service): Found {
  const { name, namespace = "" } = service.metadata;
  const selector = Object.entries(service.spec?.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(",");
  const selected = inventory.workloads.filter(
    (it) => it.namespace === namespace && isSelected(it, service),
  );
  const hosts = hostsOf(inventory.ingresses, namespace, name);
  const atRest = selected.length > 0 && selected.every(({ desired }) => desired === 0);
  return {
    level: hosts.length > 0 ? "critical" : atRest ? "notice" : "warning",
    subject: `Service ${namespace}/${name}`,
    namespace,
    what:
      selected.length === 0
        ? "selects nothing: no workload has these labels"
        : atRest
          ? "leads to a workload at zero"
          : "leads to pods of which none is ready",
    evidence: [
      `selector ${selector}`,
      ...some(
        selected.map((it) => `${titleOf(it)}: ${readyText(it) || `${String(it.ready)} ready`}`),
      ),
      ...hosts.map((host) => `Ingress ${host} sends its callers here`),
    ],
    mend: mendOf(service, selected),
  };
}

function mendOf(service: Service, selected: readonly Workload[]): Mend {
  const { name, namespace = "" } = service.metadata;
  if (selected.length > 0) {
    return mend(
      "It has endpoints again as soon as its pods are ready: see what is found of them.",
      kubectl("get", "endpointslices", "-n", namespace, "-l", `kubernetes.io/service-name=${name}`),
    );
  }
  if (ownerOf(service.metadata) === "program") {
    return mend("It is this program's: apply its stack again.");
  }
  return mend(
    "Delete it where what it led to is gone; correct its selector where it is not.",
    kubectl("delete", `service/${name}`, "-n", namespace),
  );
}

function isSelected({ podLabels }: Workload, { spec }: Service): boolean {
  return Object.entries(spec?.selector ?? {}).every(([key, value]) => podLabels[key] === value);
}

/** `web (thunderline.local)` of each ingress that leads to a Service. */
function hostsOf(ingresses: readonly Ingress[], namespace: string, service: string): string[] {
  return ingresses
    .filter(({ metadata }) => metadata.namespace === namespace)
    .flatMap(({ metadata, spec }) =>
      (spec?.rules ?? [])
        .filter(({ http }) => http?.paths.some(({ backend }) => backend.service?.name === service))
        .map(({ host }) => `${metadata.name} (${host ?? "any host"})`),
    );
}
