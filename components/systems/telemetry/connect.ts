import type * as pulumi from "@pulumi/pulumi";

import type { Resources } from "../../../config/blocks";
import type { TelemetrySettings } from "../../../config/systems/telemetry";
import { Component } from "../../component";
import { ConfigFiles } from "../../kubernetes/config-files";
import type { Connection } from "../../kubernetes/connection";
import { goMemoryLimit } from "../../kubernetes/env";
import { httpProbe, type Probes, startupProbe } from "../../kubernetes/probe";
import { Workload } from "../../kubernetes/workload";
import type { Scope } from "../../scope";
import { httpPort, streamArguments } from "./streams";

export interface ConnectArgs {
  readonly scope: Scope;
  readonly name: string;
  readonly description: string;
  readonly settings: TelemetrySettings["connect"];
  readonly resources: Resources;
  readonly files: Readonly<Record<string, string>>;
  readonly connections: readonly Connection[];
  /** Stopped, everything about it stays but the pod. */
  readonly paused: boolean;
}

const folder = "/config";

/** Redpanda Connect with the streams of some files, one of it at a time. */
export class Connect extends Component {
  constructor(name: string, args: ConnectArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Connect", name, opts);
    const { scope, settings } = args;
    const files = new ConfigFiles(
      this.child("streams"),
      { scope, name: `${args.name}-streams`, files: args.files },
      { parent: this },
    );
    new Workload(
      this.child(),
      {
        scope,
        name: args.name,
        description: args.description,
        image: settings.image,
        args: streamArguments(args.files, folder),
        runAsUser: settings.runAsUser,
        resources: args.resources,
        // Two bridges would write every message twice, and take each other's session.
        exclusive: true,
        scaling: { type: "fixed", replicas: args.paused ? 0 : 1 },
        env: { GOMEMLIMIT: goMemoryLimit(args.resources.limits.memory) },
        connections: args.connections,
        ports: { http: httpPort },
        serves: ["http"],
        probes,
        metrics: { port: "http", path: "/metrics" },
        mounts: [{ kind: "files", files, path: folder }],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** `/ready` waits until the bridge has its broker; what a sink reads and writes it does not ask. */
const probes: Probes = {
  startup: startupProbe((timing) => httpProbe("/ping", "http", timing), 60),
  readiness: httpProbe("/ready", "http"),
  liveness: httpProbe("/ping", "http", { timeoutSeconds: 10 }),
};
