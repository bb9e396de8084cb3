/**
 * Proves that the probes of `validate` are true of the real programs: MLflow takes and gives back a run
 * and an artefact and nothing of it is left, and the collector counts a span. And that each says so when
 * the program is not well. Does not prove the images, nor the way through a forwarded port; MLflow's
 * artefacts are in a folder in place of a bucket.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Finding } from "../../cli/preflight/model";
import { probeCollector, serviceName } from "../../cli/validate/probes/collector";
import { probeHealth } from "../../cli/validate/probes/health";
import type { Site } from "../../cli/validate/probes/http";
import { experimentPrefix, probeMlflow } from "../../cli/validate/probes/mlflow";
import { Collector, collectorProgram } from "./support/collector";
import { Daemon, freePort } from "./support/daemon";
import { pinnedVersion, pythonCommand } from "./support/python";
import { containerOf, environmentOf, probePath, rendered, replaced } from "./support/rendered";
import { firstVersion, reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(900_000);

const folder = temporaryFolder();

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const statusOf = ({ status, evidence }: Finding): string => `${status}: ${evidence}`;
const site = (port: number): Site => ({ port, timeoutMs: 20_000, logs: "logs" });

describe("MLflow", () => {
  const container = containerOf(rendered("prod", "thunderline", "Deployment", "mlflow"));
  const artefacts = join(folder, "artefacts");
  let daemon: Daemon | undefined;
  let port: number;

  /** As the pod starts it, with another address, port and folder, and artefacts in a folder. */
  async function start(destination: string): Promise<void> {
    port = await freePort();
    const [python, program] = await pythonCommand("mlflow");
    const line = [...(container.command ?? []), ...(container.args ?? [])].join("\n");
    const [, ...args] = replaced(line, {
      "--host=0.0.0.0": "--host=127.0.0.1",
      "--port=5000": `--port=${port}`,
      "--workers=2": "--workers=1",
      "sqlite:////data/": `sqlite:///${folder}/`,
      "s3://thunderline-artifacts/mlflow": destination,
    }).split("\n");
    const secrets = { "minio.access-key": "access", "minio.secret-key": "secret" };
    daemon = new Daemon({
      ...{ name: "mlflow", command: python, args: [program, ...args], cwd: folder },
      env: { ...environmentOf(container, secrets), HOME: folder },
      log: join(folder, "mlflow.log"),
    });
    await daemon.until(async () => {
      try {
        return (await fetch(`http://127.0.0.1:${port}${probePath(container)}`)).ok;
      } catch {
        return false;
      }
    }, 120);
  }

  async function experiments(view: string): Promise<string[]> {
    const response = await fetch(`http://127.0.0.1:${port}/api/2.0/mlflow/experiments/search`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ max_results: 100, view_type: view }),
    });
    const { experiments: found = [] } = (await response.json()) as {
      experiments?: { name: string }[];
    };
    return found.map(({ name }) => name);
  }

  beforeAll(async () => {
    mkdirSync(artefacts);
    const verified = "validate: a run, an artefact, and their removal";
    reportRun("mlflow", pinnedVersion("mlflow"), container.image, verified);
    await start(`file://${artefacts}`);
  });
  afterAll(() => daemon?.stopGroup());

  it("answers the path that the kubelet asks", async () => {
    const finding = await probeHealth(site(port), "mlflow-1", probePath(container));
    expect(finding.status).toBe("passed");
  });

  it("takes a run with an artefact, twice, and nothing of it is left but in its trash", async () => {
    for (const second of [1, 2]) {
      const at = new Date(Date.UTC(2026, 10, 30, 12, 0, second));
      expect((await probeMlflow(site(port), at)).map(statusOf)).toEqual([
        "passed: recorded with a metric, read back, and deleted",
        "passed: written through the server, read back, and deleted",
      ]);
    }
    expect(await experiments("ACTIVE_ONLY")).toEqual(["Default"]);
    expect(await experiments("DELETED_ONLY")).toHaveLength(2);
    const files = readdirSync(artefacts, { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile())).toEqual([]);
  });

  it("is cleared of what a killed probe has left, and of nobody else's", async () => {
    const left = `${experimentPrefix}20260101T000000Z`;
    for (const name of [left, "thunderline"]) {
      await fetch(`http://127.0.0.1:${port}/api/2.0/mlflow/experiments/create`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name }),
      });
    }
    await probeMlflow(site(port), new Date(Date.UTC(2026, 10, 30, 13)));
    expect((await experiments("ACTIVE_ONLY")).sort()).toEqual(["Default", "thunderline"]);
  });

  it("whose store takes nothing has failed, and the run is deleted all the same", async () => {
    await daemon?.stopGroup();
    // A file, in which no folder can be made; rights would not stop the superuser of a test.
    writeFileSync(join(folder, "no-folder"), "");
    await start(`file://${folder}/no-folder/artefacts`);
    const found = await probeMlflow(site(port), new Date(Date.UTC(2026, 10, 30, 14)));
    expect(found.map(({ status }) => status)).toEqual(["passed", "failed"]);
    expect((await experiments("ACTIVE_ONLY")).filter((it) => it.startsWith("platform"))).toEqual(
      [],
    );
  });
});

describe("the collector", () => {
  const container = containerOf(rendered("prod", "thunderline", "Deployment", "otelcol"));
  const ports = new Map<string, number>();
  let collector: Collector;
  const at = (name: string): Site => site(ports.get(name) ?? 0);

  beforeAll(async () => {
    reportRun(
      "otelcol",
      await firstVersion(await collectorProgram(), "--version"),
      container.image,
      "validate: a span is counted",
    );
    const addresses: Record<string, string> = {};
    for (const { name = "", containerPort } of container.ports ?? []) {
      const port = await freePort();
      ports.set(name, port);
      addresses[`0.0.0.0:${containerPort ?? 0}`] = `127.0.0.1:${port}`;
    }
    const file = rendered("prod", "thunderline", "ConfigMap", "otelcol-config");
    collector = await Collector.start({
      name: "otelcol",
      folder: join(folder, "otelcol"),
      config: replaced(file.data["collector-config.yaml"] ?? "", addresses),
      args: (conf) => (container.args ?? []).map((arg) => replaced(arg, { "/conf": conf })),
      env: environmentOf(container),
    });
    await collector.daemon.until(async () => {
      try {
        return (
          (await probeHealth(at("health"), "otelcol", probePath(container))).status === "passed"
        );
      } catch {
        return false;
      }
    });
  });
  afterAll(() => collector.daemon.stop());

  it("accepts the first span that it is ever sent, and the next one", async () => {
    const probe = (): Promise<Finding> =>
      probeCollector({ otlp: at("otlp-http"), metrics: at("metrics") });
    expect(statusOf(await probe())).toBe("passed: accepted: 0 spans before, 1 after");
    expect(statusOf(await probe())).toBe("passed: accepted: 1 spans before, 2 after");
    await collector.daemon.until(async () => collector.shown("spans") === 2);
    expect(serviceName).toBe("platform-validate");
  });

  it("that is asked at a port of another protocol has not accepted it", async () => {
    const wrong = probeCollector({ otlp: at("metrics"), metrics: at("metrics") });
    expect(statusOf(await wrong)).toMatch(/^failed: \/v1\/traces is answered with 404/);
  });
});
