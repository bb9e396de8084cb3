/**
 * Proves that the OpenTelemetry collector runs with the file of settings as it is rendered, takes traces
 * and metrics in both ways that it offers, and tells of itself where the probes and Prometheus ask. Does
 * not prove the image: a collector of the next patch release with the same components stands in for it.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

import { Collector, collectorProgram, gauge, trace } from "./support/collector";
import { freePort, until } from "./support/daemon";
import { containerOf, environmentOf, probePath, rendered, replaced } from "./support/rendered";
import { firstVersion, reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(600_000);

const object = <K extends "ConfigMap" | "Deployment" | "Service" | "ServiceMonitor">(
  kind: K,
  name = "otelcol",
) => rendered("prod", "thunderline", kind, name);

const container = containerOf(object("Deployment"));
/** The pod's ports by their names, and the ones that stand in for them here. */
const ports = new Map<string, number>();
const at = (port: string, path: string): string =>
  `http://127.0.0.1:${ports.get(port) ?? 0}${path}`;

let folder: string;
let collector: Collector;

beforeAll(async () => {
  reportRun(
    "otelcol",
    await firstVersion(await collectorProgram(), "--version"),
    container.image,
    "settings, health, OTLP over HTTP and gRPC, own metrics",
  );
  folder = temporaryFolder();
  const addresses: Record<string, string> = {};
  for (const { name = "", containerPort } of container.ports ?? []) {
    const port = await freePort();
    ports.set(name, port);
    addresses[`0.0.0.0:${containerPort ?? 0}`] = `127.0.0.1:${port}`;
  }
  const config = object("ConfigMap", "otelcol-config").data["collector-config.yaml"] ?? "";
  collector = await Collector.start({
    name: "otelcol",
    folder: join(folder, "conf"),
    config: replaced(config, addresses),
    args: (conf) => (container.args ?? []).map((arg) => replaced(arg, { "/conf": conf })),
    env: environmentOf(container),
  });
  await collector.daemon.until(() => answers("health", probePath(container)));
});
afterAll(async () => {
  await collector.daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the file of settings is accepted whole, and the probes are answered", async () => {
  expect(await answers("health", probePath(container))).toBe(true);
  expect(collector.output).toContain("Everything is ready");
  expect(collector.output).not.toMatch(/\t(warn|error)\t/);
});

test("traces and metrics over OTLP/HTTP reach the debug output", async () => {
  expect(await post("/v1/traces", trace(3))).toBe(200);
  expect(await post("/v1/metrics", gauge(4))).toBe(200);
  await until("the debug output", 30, () =>
    Promise.resolve(collector.shown("spans") >= 3 && collector.shown("data points") >= 4),
  );
  expect([collector.shown("spans"), collector.shown("data points")]).toEqual([3, 4]);
});

test("traces over OTLP/gRPC reach the debug output", async () => {
  const before = collector.shown("spans");
  const port = await freePort();
  const sender = await Collector.start({
    name: "the sender",
    folder: join(folder, "sender"),
    config: forwarding(port, ports.get("otlp-grpc") ?? 0),
    args: (conf) => [`--config=${conf}/collector-config.yaml`],
  });
  try {
    const send = (): Promise<number> =>
      sendJson(`http://127.0.0.1:${port}/v1/traces`, trace(5)).catch(() => 0);
    await sender.daemon.until(async () => (await send()) === 200);
    await until("the debug output", 30, () =>
      Promise.resolve(collector.shown("spans") >= before + 5),
    );
  } finally {
    await sender.daemon.stop();
  }
  expect(collector.shown("spans")).toBe(before + 5);
});

test("its own metrics are where the ServiceMonitor looks for them", async () => {
  const [endpoint] = object("ServiceMonitor").spec.endpoints as [{ port: string; path: string }];
  const port = object("Service").spec.ports.find(({ name }) => name === endpoint.port);
  expect(container.ports?.map(({ name }) => name)).toContain(port?.targetPort);
  const response = await fetch(at(String(port?.targetPort), endpoint.path));
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toMatch(/^otelcol_receiver_accepted_spans\{.*transport="http".*\} 3$/m);
  expect(text).toMatch(/^otelcol_receiver_accepted_spans\{.*transport="grpc".*\} 5$/m);
});

async function answers(port: string, path: string): Promise<boolean> {
  try {
    return (await fetch(at(port, path))).status === 200;
  } catch {
    return false;
  }
}

const post = (path: string, body: object): Promise<number> => sendJson(at("otlp-http", path), body);

async function sendJson(url: string, body: object): Promise<number> {
  const headers = { "content-type": "application/json" };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).status;
}

/** Settings of a collector that hands on by gRPC what it is sent over HTTP. */
function forwarding(from: number, to: number): string {
  const pipelines = { traces: { receivers: ["otlp"], exporters: ["otlp"] } };
  return JSON.stringify({
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${from}` } } } },
    exporters: { otlp: { endpoint: `127.0.0.1:${to}`, tls: { insecure: true } } },
    service: { telemetry: { metrics: { level: "none" } }, pipelines },
  });
}
