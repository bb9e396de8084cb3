/**
 * Proves that MLflow of the pod's version starts with the pod's command, arguments and variables, answers
 * its probes, and keeps runs in the folder of the volume. Does not prove the image, which is not MLflow's
 * own, nor artifacts: there is no object store.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { Daemon, freePort } from "./support/daemon";
import { pinnedVersion, pythonCommand } from "./support/python";
import { containerOf, environmentOf, probePath, rendered, replaced } from "./support/rendered";
import { reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(900_000);

const container = containerOf(rendered("prod", "thunderline", "Deployment", "mlflow"));
const health = probePath(container);

let folder: string;
let daemon: Daemon | undefined;
let address: string;

beforeAll(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder, "data"));
  mkdirSync(join(folder, "work"));
  const verified = "command, arguments, health, a run over a restart";
  reportRun("mlflow", pinnedVersion("mlflow"), container.image, verified);
  await start();
});
afterAll(async () => {
  await daemon?.stopGroup();
  rmSync(folder, { recursive: true, force: true });
});

test("the program has the version of the pod's image", async () => {
  expect(container.image).toMatch(new RegExp(`:${pinnedVersion("mlflow")}$`));
  expect(await (await fetch(`${address}/version`)).text()).toBe(pinnedVersion("mlflow"));
});

test("the path of the probes answers", async () => {
  expect((await fetch(`${address}${health}`)).status).toBe(200);
});

test("a run is recorded, and is there after a restart", async () => {
  const { experiment_id } = await ask<{ experiment_id: string }>("experiments/create", {
    name: "thunderline",
  });
  const { run } = await ask<{ run: Run }>("runs/create", { experiment_id, run_name: "first" });
  const { run_id } = run.info;
  await ask("runs/log-parameter", { run_id, key: "layers", value: "3" });
  await ask("runs/log-metric", { run_id, key: "loss", value: 0.25, timestamp: 1, step: 1 });
  await ask("runs/update", { run_id, status: "FINISHED" });

  await daemon?.stopGroup();
  await start();
  const found = await ask<{ run: Run }>(`runs/get?run_id=${run_id}`);
  expect(found.run).toMatchObject({
    info: { run_name: "first", status: "FINISHED" },
    data: {
      params: [{ key: "layers", value: "3" }],
      metrics: [{ key: "loss", value: 0.25 }],
    },
  });
  // Artifacts go through the server, so that its clients need no key of the object store.
  expect(found.run.info.artifact_uri).toMatch(/^mlflow-artifacts:\//);
});

interface Run {
  readonly info: { readonly run_id: string; readonly artifact_uri: string };
}

/** Starts it as the pod does, with another address, port and folder. */
async function start(): Promise<void> {
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  const [python, program] = await pythonCommand("mlflow");
  const line = [...(container.command ?? []), ...(container.args ?? [])].join("\n");
  const [name, ...args] = replaced(line, {
    "--host=0.0.0.0": "--host=127.0.0.1",
    "--port=5000": `--port=${port}`,
    "sqlite:////data/": `sqlite:///${folder}/data/`,
  }).split("\n");
  expect(name).toBe("mlflow");
  daemon = new Daemon({
    name: "mlflow",
    command: python,
    args: [program, ...args],
    cwd: join(folder, "work"),
    env: {
      ...environmentOf(container, { "minio.access-key": "access", "minio.secret-key": "secret" }),
      HOME: folder,
    },
    log: join(folder, "mlflow.log"),
  });
  await daemon.until(async () => {
    try {
      return (await fetch(`${address}${health}`)).ok;
    } catch {
      return false;
    }
  }, 120);
}

/** Asks the REST API; what is refused throws. */
async function ask<Answer>(path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${address}/api/2.0/mlflow/${path}`, {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: { "content-type": "application/json" },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Answer;
}
