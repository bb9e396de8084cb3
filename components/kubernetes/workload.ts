import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { highest } from "../../config/demand";
import { Component } from "../component";
import { type Labels, objectLabels, selectorLabels } from "../labels";
import { serviceHost } from "../scope";
import { admit, type Caller, connect, type Endpoint } from "./connection";
import { type PodArgs, podDependencies, podTemplate, type ServerArgs } from "./pod";
import { autoscale, type WorkloadScaling } from "./scaling";
import { service } from "./service";
import { podMonitor, serviceMonitor } from "./service-monitor";

export interface WorkloadArgs extends PodArgs, ServerArgs {
  /** A StatefulSet never runs two pods at once on one volume, even when a node is lost. @default Deployment */
  readonly kind?: "Deployment" | "StatefulSet";
  /** Whether it works on what only one pod may hold: the old one goes before the new one comes. @default false */
  readonly exclusive?: boolean;
  /** @default one replica */
  readonly scaling?: WorkloadScaling;
  /** The ports that a Service offers to others; none without. @default none */
  readonly serves?: readonly string[];
  /** Ports on which the replicas talk to each other; a headless Service lets them find one another. */
  readonly peerPorts?: readonly number[];
  /** Who may call from outside the system. */
  readonly callers?: readonly Caller[];
  /** The port and path that Prometheus reads, where the cluster has its operator. */
  readonly metrics?: { readonly port: string; readonly path: string };
  /** What has to be done before the first pod starts, beyond its connections: a migration, say. */
  readonly after?: readonly pulumi.Resource[];
  /** From rules of the policy pack. @default none */
  readonly excepted?: Labels;
  /** Seconds between the request to stop and the kill. @default 30, Kubernetes' own */
  readonly gracePeriodSeconds?: number;
}

/** A server that runs all the time, with all that belongs to it. */
export class Workload extends Component {
  /** What has to be up before it answers. */
  readonly ready: readonly pulumi.Resource[];
  /** What selects its pods. */
  readonly podLabels: Labels;
  readonly #args: WorkloadArgs;

  constructor(name: string, args: WorkloadArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:Workload", name, opts);
    this.#args = args;
    this.podLabels = selectorLabels(args.scope, args.name);
    const account = this.serviceAccount();
    const paths = [...this.connections(), ...this.callers()];
    const services = [...this.service(), ...this.peerService()];
    const controller = this.controller([account, ...paths, ...services]);
    this.disruptionBudget();
    autoscale(this.child(), { ...args, scaling: this.scaling }, this.childOptions([controller]));
    this.monitor(services);
    const { scope, kind = "Deployment" } = args;
    scope.inventory.servers.push({ name: args.name, kind, running: this.running });
    this.ready = [controller, ...services];
    this.registerOutputs();
  }

  /** How others reach the port `port` of this workload's Service. */
  endpoint(port: string): Endpoint {
    const { scope, name, ports } = this.#args;
    return {
      name,
      host: serviceHost(scope, name),
      port: portNumber(ports, port),
      peer: { kind: "pods", namespace: scope.namespace, labels: this.podLabels },
      ready: this.ready,
    };
  }

  private get scaling(): WorkloadScaling {
    return this.#args.scaling ?? { type: "fixed", replicas: 1 };
  }

  private get running(): boolean {
    return highest(this.scaling) > 0;
  }

  private serviceAccount(): pulumi.Resource {
    return new k8s.core.v1.ServiceAccount(
      this.child(),
      { metadata: this.metadata(), automountServiceAccountToken: false },
      this.childOptions(this.#args.scope.exists),
    );
  }

  private connections(): pulumi.Resource[] {
    const { scope, name, connections = [], peerPorts = [] } = this.#args;
    const side = { scope, name, labels: this.podLabels, opts: this.childOptions(scope.exists) };
    const paths = connections.flatMap(({ to }) => connect(side, this.child(), to));
    return peerPorts.length === 0
      ? paths
      : [...paths, ...connect(side, this.child(), this.itself(), peerPorts)];
  }

  /** The replicas as an endpoint of each other: there is nothing to wait for. */
  private itself(): Endpoint {
    const { scope, name, peerPorts = [] } = this.#args;
    const [port = 0] = peerPorts;
    const peer = { kind: "pods", namespace: scope.namespace, labels: this.podLabels } as const;
    return { name, host: serviceHost(scope, peerServiceName(name)), port, peer, ready: [] };
  }

  private callers(): pulumi.Resource[] {
    const { scope, name, ports, callers = [], metrics } = this.#args;
    const side = { scope, name, labels: this.podLabels, opts: this.childOptions(scope.exists) };
    const prometheus: Caller[] =
      metrics !== undefined && scope.cluster.capabilities.prometheusOperator
        ? [
            {
              name: "prometheus",
              peer: { kind: "namespace", namespace: scope.cluster.namespaces.prometheus },
              ports: [metrics.port],
            },
          ]
        : [];
    return [...callers, ...prometheus].map((caller) =>
      admit(
        side,
        this.child(),
        caller,
        caller.ports.map((port) => portNumber(ports, port)),
      ),
    );
  }

  private service(): pulumi.Resource[] {
    const { scope, name, ports, serves = [] } = this.#args;
    if (serves.length === 0) return [];
    const served = serves.map((port) => ({
      name: port,
      port: portNumber(ports, port),
      targetPort: port,
    }));
    return [
      service(
        this.child(),
        { scope, name, selector: this.podLabels, ports: served },
        this.childOptions(scope.exists),
      ),
    ];
  }

  private peerService(): pulumi.Resource[] {
    const { scope, name, peerPorts = [] } = this.#args;
    if (peerPorts.length === 0) return [];
    const ports = peerPorts.map((port) => ({ name: `peer-${String(port)}`, port }));
    return [
      service(
        this.child("peers"),
        { scope, name: peerServiceName(name), selector: this.podLabels, ports, headless: true },
        this.childOptions(scope.exists),
      ),
    ];
  }

  private controller(own: readonly pulumi.Resource[]): pulumi.Resource {
    const args = this.#args;
    const metadata = {
      ...this.metadata(args.image),
      annotations: { "kubernetes.io/description": args.description, ...this.excepted() },
    };
    const spec = {
      ...(this.scaling.type === "fixed" ? { replicas: this.scaling.replicas } : {}),
      revisionHistoryLimit: 5,
      selector: { matchLabels: this.podLabels },
      template: podTemplate(args, args, {
        terminationGracePeriodSeconds: args.gracePeriodSeconds ?? 30,
        ...this.spread(),
      }),
    };
    const patience = `${args.scope.cluster.readySeconds}s`;
    const opts = {
      ...this.childOptions([...podDependencies(args), ...own, ...(args.after ?? [])]),
      customTimeouts: { create: patience, update: patience },
      // The autoscaler owns the number. It also keeps the last fixed one while a workload changes over.
      ignoreChanges: this.scaling.type === "fixed" ? [] : ["spec.replicas"],
    };
    return args.kind === "StatefulSet"
      ? new k8s.apps.v1.StatefulSet(
          this.child(),
          { metadata, spec: { ...spec, serviceName: args.name, podManagementPolicy: "Parallel" } },
          opts,
        )
      : new k8s.apps.v1.Deployment(
          this.child(),
          { metadata, spec: { ...spec, strategy: this.strategy() } },
          opts,
        );
  }

  private excepted(): Labels {
    const { mounts = [], excepted } = this.#args;
    const claims = mounts.flatMap((one) => (one.kind === "claim" ? [one.claim.excepted] : []));
    return Object.assign({}, ...claims, excepted) as Labels;
  }

  /** Two pods cannot write a volume of one node: the old one goes before the new one comes. Otherwise the new one comes first. */
  private strategy(): k8s.types.input.apps.v1.DeploymentStrategy {
    const { exclusive = false, mounts = [] } = this.#args;
    const hasVolume = mounts.some((mount) => mount.kind === "claim" && !mount.claim.shared);
    return exclusive || hasVolume
      ? { type: "Recreate" }
      : { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  }

  private spread(): Partial<k8s.types.input.core.v1.PodSpec> {
    if (!this.#args.scope.posture.highlyAvailable || highest(this.scaling) < 2) return {};
    return {
      topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
        (topologyKey) => ({
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: this.podLabels },
        }),
      ),
    };
  }

  /** One pod at a time may be drained, always: a budget that keeps the last one would block every drain. */
  private disruptionBudget(): void {
    if (!this.#args.scope.posture.highlyAvailable) return;
    new k8s.policy.v1.PodDisruptionBudget(
      this.child(),
      {
        metadata: this.metadata(),
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: this.podLabels },
        },
      },
      this.childOptions(this.#args.scope.exists),
    );
  }

  private monitor(services: readonly pulumi.Resource[]): void {
    const { scope, name, metrics } = this.#args;
    if (metrics === undefined || !scope.cluster.capabilities.prometheusOperator) return;
    const monitor = services.length === 0 ? podMonitor : serviceMonitor;
    monitor(
      this.child(),
      { scope, name, ...metrics },
      this.childOptions([...scope.exists, ...services]),
    );
    const { scaling } = this;
    const mayRest = scaling.type !== "fixed" && scaling.minReplicas === 0;
    if (this.running) scope.inventory.targets.push({ job: name, mayRest });
  }

  private metadata(image?: string): k8s.types.input.meta.v1.ObjectMeta {
    const { scope, name } = this.#args;
    return { name, namespace: scope.namespace, labels: objectLabels(scope, name, image) };
  }
}

/** The headless Service by which the replicas of `workload` find each other. */
export function peerServiceName(workload: string): string {
  return `${workload}-peers`;
}

function portNumber(ports: Readonly<Record<string, number>>, name: string): number {
  const number = ports[name];
  if (number === undefined) {
    throw new Error(`no port is called ${name}; there are ${Object.keys(ports).join(", ")}`);
  }
  return number;
}
