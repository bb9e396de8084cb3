import type { Plan, PlannedResource, ResourceState } from "../../cli/plan";

/** A Kubernetes object as a test writes it down. */
export interface Manifest {
  readonly kind: string;
  readonly name: string;
  /** @default "shop" */
  readonly namespace?: string;
  /** The component of `platform:systems` that it is in. @default "Thunderline" */
  readonly system?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whether the object stays when the program lets go of it. @default false */
  readonly retained?: boolean;
  /** Whether it sets fields of an object that somebody else has made. @default false */
  readonly patch?: boolean;
  /** All but kind and metadata. */
  readonly [field: string]: unknown;
}

/** The plan that turns some objects into others: what is on one side alone is created or deleted. */
export function planBetween(before: readonly Manifest[], after: readonly Manifest[]): Plan {
  const old = new Map(before.map((manifest) => [urnOf(manifest), stateOf(manifest)]));
  const next = new Map(after.map((manifest) => [urnOf(manifest), stateOf(manifest)]));
  const resources = [...new Set([...next.keys(), ...old.keys()])].map((urn) =>
    planned(urn, old.get(urn), next.get(urn)),
  );
  return { stack: "test", resources, violations: [], errors: [], warnings: [] };
}

/** A Deployment or another kind that makes pods, with one container of the workload's name. */
export function workload(
  name: string,
  {
    kind = "Deployment",
    container = {},
    podAnnotations = {},
    spec = {},
    podSpec = {},
    ...rest
  }: {
    readonly kind?: string;
    readonly container?: object;
    readonly podAnnotations?: Readonly<Record<string, string>>;
    readonly spec?: object;
    readonly podSpec?: object;
    readonly namespace?: string;
    readonly system?: string;
  } = {},
): Manifest {
  const labels = { "app.kubernetes.io/name": name };
  const template = {
    metadata: { labels, annotations: podAnnotations },
    spec: { containers: [{ name, image: `example.com/${name}:1`, ...container }], ...podSpec },
  };
  return { kind, name, labels, spec: { template, ...spec }, ...rest };
}

function urnOf(manifest: Manifest): string {
  const { name, namespace = "shop", system = "Thunderline" } = manifest;
  const type = `platform:systems:${system}$${typeOf(manifest)}`;
  return `urn:pulumi:test::platform::${type}::${namespace}-${name}`;
}

function typeOf({ kind, patch = false }: Manifest): string {
  return `kubernetes:v1:${kind}${patch ? "Patch" : ""}`;
}

function stateOf(manifest: Manifest): ResourceState {
  const { kind, name, namespace = "shop", labels, annotations, retained, ...rest } = manifest;
  const own = Object.entries(rest).filter(([field]) => field !== "system" && field !== "patch");
  const metadata = { name, namespace, labels, annotations };
  return {
    urn: urnOf(manifest),
    type: typeOf(manifest),
    protect: false,
    retainOnDelete: retained ?? false,
    inputs: { kind, metadata, ...Object.fromEntries(own) },
    outputs: {},
  };
}

function planned(
  urn: string,
  before: ResourceState | undefined,
  after: ResourceState | undefined,
): PlannedResource {
  const type = (after ?? before)?.type ?? "";
  const same = JSON.stringify(before?.inputs) === JSON.stringify(after?.inputs);
  const operation =
    before === undefined ? "create" : after === undefined ? "delete" : same ? "same" : "update";
  return {
    ...{ urn, type, operation, replacedFor: [] },
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}
