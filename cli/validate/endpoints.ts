import { type EndpointSlice, kinds, nameOf, type Service } from "../kubernetes";
import { failed, type Finding, passed } from "../preflight/model";
import { count, type ValidationContext } from "./model";
import {
  counterpart,
  declaredOf,
  inNamespace,
  isSelected,
  liveWorkloads,
  placeOf,
  type Workload,
} from "./objects";

/** Whether somebody answers behind each Service. */
export async function endpoints(context: ValidationContext): Promise<readonly Finding[]> {
  const { declared, live, again } = context;
  const [services, slices, workloads] = await Promise.all([
    live.list(kinds.services),
    live.list(kinds.endpointSlices),
    liveWorkloads(live),
  ]);
  return declaredOf(declared, kinds.services)
    .filter(({ spec }) => spec?.selector !== undefined)
    .map((service) =>
      endpointFinding(service, counterpart(services, service), { slices, workloads, again }),
    );
}

interface Behind {
  readonly slices: readonly EndpointSlice[];
  readonly workloads: readonly Workload[];
  readonly again: string;
}

/** What is seen behind one Service. One whose pods are meant to be none has no endpoint, and is well. */
export function endpointFinding(
  declared: Service,
  live: Service | undefined,
  { slices, workloads, again }: Behind,
): Finding {
  const subject = nameOf(declared);
  if (live === undefined) return failed(subject, "not on the cluster", again);
  const ready = slices
    .filter(
      ({ metadata }) =>
        metadata.namespace === live.metadata.namespace &&
        metadata.labels?.["kubernetes.io/service-name"] === live.metadata.name,
    )
    // The API server says null for none.
    .flatMap((slice) => (slice.endpoints as EndpointSlice["endpoints"] | null) ?? [])
    .filter(({ conditions }) => conditions?.ready !== false).length;
  if (ready > 0) return passed(subject, count(ready, "ready endpoint"));
  const behind = workloads.filter(
    ({ metadata, spec }) =>
      metadata.namespace === live.metadata.namespace &&
      isSelected(spec?.template.metadata?.labels, live.spec?.selector),
  );
  if (behind.length > 0 && behind.every(isAtZero)) {
    return passed(subject, `no endpoint: ${behind.map(placeOf).join(", ")} is scaled to zero`);
  }
  const names = behind.map(nameOf).join(", ");
  return failed(
    subject,
    behind.length === 0
      ? "no ready endpoint: no workload has pods with its labels"
      : `no ready endpoint, with ${names} behind it`,
    `kubectl ${inNamespace(live)} get endpointslices -l kubernetes.io/service-name=${live.metadata.name} -o yaml`,
  );
}

function isAtZero({ spec }: Workload): boolean {
  return (spec as { readonly replicas?: number } | undefined)?.replicas === 0;
}
