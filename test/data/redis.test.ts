/**
 * Proves FaultMaven's Redis with a real server: its files, its start and the command of its probes.
 * The server is Debian's, not the one of the image.
 */
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run, type RunResult } from "../../cli/toolchain/process";
import { Daemon, freePort, requireProgram, succeed } from "./support/daemon";
import { allReplaced, containerOf, environmentOf, rendered, writeFiles } from "./support/rendered";
import { firstVersion, reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

const password = "pass: word #1";
const container = containerOf(rendered("prod", "faultmaven", "StatefulSet", "redis"));
const environment = environmentOf(container, { "redis.password": password });
const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];

let folder: string;
let port: number;
let server: Daemon;

beforeAll(async () => {
  await requireProgram("redis-server", "redis-server");
  reportRun(
    "redis",
    await firstVersion("redis-server", "--version"),
    container.image,
    "its files, start and probes",
  );
  folder = temporaryFolder();
  port = await freePort();
  mkdirSync(join(folder, "data"));
  const places = { "/data": join(folder, "data"), "/config": join(folder, "config") };
  const { data } = rendered("prod", "faultmaven", "ConfigMap", "redis-config");
  writeFiles(join(folder, "config"), allReplaced(data, places));
  appendFileSync(join(folder, "config", "redis.conf"), `port ${port}\nbind 127.0.0.1\n`);
  await start();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("answers the command of each probe, and only with the password", async () => {
  for (const probe of probes) {
    const command = probe?.exec?.command ?? [];
    expect(await client(command)).toMatchObject({ code: 0, stdout: "PONG\n" });
    expect(await client(command, { REDISCLI_AUTH: "" })).toMatchObject({ code: 1 });
  }
});

test.each([
  ["no password", "", "NOAUTH"],
  ["another password", "another", "NOAUTH"],
])("refuses a client with %s", async (_what, wrong, words) => {
  const refused = await client(["redis-cli", "get", "key"], { REDISCLI_AUTH: wrong });
  expect(refused.stdout + refused.stderr).toContain(words);
});

test("keeps what it has acknowledged when it is killed", async () => {
  expect(await client(["redis-cli", "set", "kept", "value"])).toMatchObject({ stdout: "OK\n" });
  await server.stop("SIGKILL");
  await start();
  expect(await client(["redis-cli", "get", "kept"])).toMatchObject({ stdout: "value\n" });
});

test("runs with the limits of its file", async () => {
  const { stdout } = await client(["redis-cli", "config", "get", "maxmemory*"]);
  expect(stdout).toContain("maxmemory\n375809638\n");
  expect(stdout).toContain("maxmemory-policy\nnoeviction\n");
});

test("shows the password in no process's arguments", async () => {
  const { stdout } = await succeed("ps", ["-A", "-ww", "-o", "args"]);
  expect(stdout).toContain(`redis-server 127.0.0.1:${port}`);
  expect(stdout).not.toContain(password);
});

async function start(): Promise<void> {
  const [command = "", ...args] = allReplaced(container.command ?? [], {
    "/config": join(folder, "config"),
  });
  server = new Daemon({
    name: "redis",
    command,
    args,
    env: environment,
    log: join(folder, "redis.log"),
  });
  const ping = container.readinessProbe?.exec?.command ?? [];
  await server.until(async () => (await client(ping)).code === 0);
}

/** Runs a command of the pod; our port is another. */
function client(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
  const [program = "", ...args] = command;
  return run(program, ["-p", String(port), ...args], {
    env: { ...process.env, ...environment, ...env },
    timeoutMs: 10_000,
  });
}
