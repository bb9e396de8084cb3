/** Proves the collector's configuration by its text; that the collector takes it, only the collector shows. */
import { parse } from "yaml";

import type { Thunderline } from "../../../../components/systems/thunderline";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { thunderlineOf } from "../../../support/thunderline";

interface Pipeline {
  readonly receivers: string[];
  readonly processors: string[];
  readonly exporters: string[];
}

interface Config {
  readonly receivers: Record<string, { protocols: Record<string, { endpoint: string }> }>;
  readonly processors: Record<string, unknown>;
  readonly exporters: Record<string, unknown>;
  readonly extensions: { health_check: { endpoint: string } };
  readonly service: { extensions: string[]; pipelines: Record<string, Pipeline> };
}

function configOf(synthesis: Synthesis<unknown>): Config {
  const { data } = synthesis.object("ConfigMap", "otelcol-config");
  return parse(data["collector-config.yaml"] ?? "") as Config;
}

let dev: Synthesis<Thunderline>;
beforeAll(async () => {
  dev = await thunderlineOf("dev");
});

describe("the collector", () => {
  it.each([
    ["grpc", 4317],
    ["http", 4318],
  ])("listens for %s on every address of its pod, not on localhost", (protocol, port) => {
    const { endpoint } = configOf(dev).receivers.otlp!.protocols[protocol]!;
    expect(endpoint).toBe(`0.0.0.0:${String(port)}`);
  });

  it("answers the kubelet's questions on every address too", () => {
    expect(configOf(dev).extensions.health_check.endpoint).toBe("0.0.0.0:13133");
  });

  it.each(["traces", "metrics"])("takes in %s, limits its memory, then batches", (signal) => {
    expect(configOf(dev).service.pipelines[signal]).toEqual({
      receivers: ["otlp"],
      processors: ["memory_limiter", "batch"],
      exporters: ["debug"],
    });
  });

  it("exports by debug, because `logging` is deprecated and later removed", () => {
    expect(configOf(dev).exporters).toEqual({ debug: { verbosity: "basic" } });
  });

  it("reads its configuration from the file that is mounted", () => {
    const [container] = dev.object("Deployment", "otelcol").spec.template.spec.containers;
    expect(container).toMatchObject({
      args: ["--config=/conf/collector-config.yaml"],
      volumeMounts: expect.arrayContaining([
        { name: "otelcol-config", mountPath: "/conf", readOnly: true },
      ]) as unknown,
    });
  });

  it("is told of its memory limit, which Go does not see by itself", () => {
    expect(envOf(dev, "Deployment/otelcol").GOMEMLIMIT).toBe("409MiB");
  });

  it("offers both protocols to others", () => {
    const { ports } = dev.object("Service", "otelcol").spec;
    expect(ports.map(({ name, port }) => `${name} ${String(port)}`)).toEqual(
      expect.arrayContaining(["otlp-grpc 4317", "otlp-http 4318"]),
    );
  });
});

describe("a collector with a real backend", () => {
  let synthesis: Synthesis<Thunderline>;
  beforeAll(async () => {
    synthesis = await thunderlineOf(
      "dev",
      { collector: { exporter: { type: "otlp", host: "otlp.example.com" } } },
      { externalCidrs: { "otlp.example.com": ["10.9.0.0/24"] } },
    );
  });

  it("exports to it", () => {
    expect(configOf(synthesis).exporters).toEqual({ otlp: { endpoint: "otlp.example.com:4317" } });
  });

  it("uses that exporter in every pipeline", () => {
    const { pipelines } = configOf(synthesis).service;
    expect(Object.values(pipelines).flatMap(({ exporters }) => exporters)).toEqual([
      "otlp",
      "otlp",
    ]);
  });

  it("is let out to it", () => {
    const [rule] = synthesis.object("NetworkPolicy", "otelcol-to-otlp").spec.egress;
    expect(rule?.to).toEqual([{ ipBlock: { cidr: "10.9.0.0/24" } }]);
  });
});

const off = { collector: { enabled: false } };

describe.each(["web", "worker"])("%s and the collector", (name) => {
  it("is told to send over HTTP, the protocol that its image is set to", () => {
    expect(envOf(dev, `Deployment/${name}`).OTEL_EXPORTER_OTLP_ENDPOINT).toBe(
      "http://otelcol.thunderline.svc.cluster.local:4318",
    );
  });

  it("sends nothing where the collector is off", async () => {
    const env = envOf(await thunderlineOf("dev", off), `Deployment/${name}`);
    expect(env).toMatchObject({ OTEL_DISABLED: "true" });
  });

  it("is told of no address where the collector is off", async () => {
    const env = envOf(await thunderlineOf("dev", off), `Deployment/${name}`);
    expect(env).not.toHaveProperty("OTEL_EXPORTER_OTLP_ENDPOINT");
  });
});
