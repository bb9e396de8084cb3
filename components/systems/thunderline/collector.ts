import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

import type { ThunderlineSettings } from "../../../config/systems/thunderline";
import { Component } from "../../component";
import { ConfigFiles } from "../../kubernetes/config-files";
import { type Endpoint, externalEndpoint } from "../../kubernetes/connection";
import { goMemoryLimit } from "../../kubernetes/env";
import { httpProbe, sameProbe } from "../../kubernetes/probe";
import { Workload } from "../../kubernetes/workload";
import type { Scope } from "../../scope";

export interface CollectorArgs {
  readonly scope: Scope;
  readonly settings: ThunderlineSettings["collector"];
}

const ports = { "otlp-grpc": 4317, "otlp-http": 4318, health: 13133, metrics: 8888 } as const;

/** The OpenTelemetry collector that web and worker send traces and metrics to. */
export class Collector extends Component {
  /** OTLP over HTTP, the protocol that the application's image is set to. */
  readonly endpoint: Endpoint;

  constructor(name: string, args: CollectorArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Collector", name, opts);
    const { scope, settings } = args;
    const files = new ConfigFiles(
      this.child("config"),
      {
        scope,
        name: "otelcol-config",
        files: { "collector-config.yaml": collectorConfig(settings.exporter) },
      },
      { parent: this },
    );
    const { exporter } = settings;
    const server = new Workload(
      this.child(),
      {
        scope,
        name: "otelcol",
        description: "OpenTelemetry collector for traces and metrics",
        image: settings.image,
        args: ["--config=/conf/collector-config.yaml"],
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        env: { GOMEMLIMIT: goMemoryLimit(settings.resources.limits.memory) },
        connections:
          exporter.type === "otlp"
            ? [{ to: externalEndpoint(scope, "otlp", exporter.host, exporter.port), env: {} }]
            : [],
        ports,
        serves: ["otlp-grpc", "otlp-http", "metrics"],
        probes: sameProbe((timing) => httpProbe("/", "health", timing), 30),
        metrics: { port: "metrics", path: "/metrics" },
        mounts: [{ kind: "files", files, path: "/conf" }],
      },
      { parent: this },
    );
    this.endpoint = server.endpoint("otlp-http");
    this.registerOutputs();
  }
}

/** Every receiver names its address: from 0.104.0 on, one that does not listens on localhost alone. */
function collectorConfig(exporter: ThunderlineSettings["collector"]["exporter"]): string {
  const listen = (port: number): { endpoint: string } => ({ endpoint: `0.0.0.0:${String(port)}` });
  const pipeline = {
    receivers: ["otlp"],
    processors: ["memory_limiter", "batch"],
    exporters: [exporter.type],
  };
  const config = {
    receivers: {
      otlp: { protocols: { grpc: listen(ports["otlp-grpc"]), http: listen(ports["otlp-http"]) } },
    },
    processors: {
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 },
      batch: {},
    },
    exporters:
      exporter.type === "debug"
        ? { debug: { verbosity: exporter.verbosity } }
        : { otlp: { endpoint: `${exporter.host}:${String(exporter.port)}` } },
    extensions: { health_check: listen(ports.health) },
    service: {
      extensions: ["health_check"],
      telemetry: { metrics: { address: `0.0.0.0:${String(ports.metrics)}` } },
      pipelines: { traces: pipeline, metrics: pipeline },
    },
  };
  return stringify(config, { aliasDuplicateObjects: false });
}
