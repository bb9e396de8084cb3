/**
 * Proves the rotation of Redis' password with a real server, started as the component makes it for each
 * step. The server is Debian's, not the one of the image; that consumers roll, the cluster tests show.
 */
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run, type RunResult } from "../../cli/toolchain/process";
import { Redis } from "../../components/services/redis";
import { redis as schema } from "../../config/stores";
import { testScope } from "../support/scope";
import { settingsOf } from "../support/settings";
import { synth } from "../support/synth";
import { Daemon, freePort, requireProgram, succeed } from "./support/daemon";
import { allReplaced, containerOf, environmentOf, writeFiles } from "./support/rendered";
import { firstVersion, reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

const secrets = { "redis.password": "theFirstOne", "redis.password-2": "theSecondOne" } as const;
const { "redis.password": first, "redis.password-2": second } = secrets;
const settings = settingsOf("dev").faultmaven.redis;

let folder: string;
let port: number;
let server: Daemon;

beforeAll(async () => {
  await requireProgram("redis-server", "redis-server");
  const version = await firstVersion("redis-server", "--version");
  reportRun("redis", version, settings.image, "the rotation of its password");
  folder = temporaryFolder();
  port = await freePort();
  mkdirSync(join(folder, "data"));
});
afterEach(() => server.stop());
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("before it the server takes the first password alone, and keeps what it is told", async () => {
  await start({ rotation: 1 });
  expect(await ask(first, "set", "kept", "value")).toMatchObject({ stdout: "OK\n" });
  expect((await ask(second, "get", "kept")).stderr).toContain("AUTH failed");
});

test("in the middle of it the server takes both passwords, and no client is locked out", async () => {
  await start({ rotation: 2 });
  for (const password of [first, second]) {
    expect(await ask(password, "get", "kept")).toMatchObject({ stdout: "value\n" });
    expect(await ask(password, "set", "kept", "value")).toMatchObject({ stdout: "OK\n" });
  }
  expect((await ask("another", "get", "kept")).stderr).toContain("AUTH failed");
  expect((await ask("", "get", "kept")).stdout).toContain("NOAUTH");
});

test("in the middle of it the server shows neither password in its arguments", async () => {
  await start({ rotation: 2 });
  const { stdout } = await succeed("ps", ["-A", "-ww", "-o", "args"]);
  expect(stdout).toContain(`redis-server 127.0.0.1:${port}`);
  expect(stdout).not.toMatch(new RegExp(`${first}|${second}`));
});

test("after it, once the first password is released, the server takes the second alone", async () => {
  await start({ rotation: 2, released: 1 });
  expect(await ask(second, "get", "kept")).toMatchObject({ stdout: "value\n" });
  expect((await ask(first, "get", "kept")).stderr).toContain("AUTH failed");
});

/** Starts the server of these generations, and waits until it answers its readiness probe. */
async function start(generations: object): Promise<void> {
  const password = { from: "generated", ...generations };
  const args = {
    scope: testScope(),
    name: "redis",
    settings: schema.parse({ ...settings, password }),
    enabled: true,
  };
  const synthesis = await synth(() => new Redis("acme-redis", args));
  const container = containerOf(synthesis.object("StatefulSet", "redis"));
  const places = { "/data": join(folder, "data"), "/config": join(folder, "config") };
  const { data } = synthesis.object("ConfigMap", "redis-config");
  writeFiles(join(folder, "config"), allReplaced(data, places));
  appendFileSync(join(folder, "config", "redis.conf"), `port ${port}\nbind 127.0.0.1\n`);
  const [command = "", ...rest] = allReplaced(container.command ?? [], {
    "/config": join(folder, "config"),
  });
  const env = environmentOf(container, secrets);
  server = new Daemon({ name: "redis", command, args: rest, env, log: join(folder, "redis.log") });
  const [program = "", ...probe] = container.readinessProbe?.exec?.command ?? [];
  await server.until(async () => (await client(program, env, ...probe)).code === 0);
}

function ask(password: string, ...words: string[]): Promise<RunResult> {
  return client("redis-cli", { REDISCLI_AUTH: password }, "-h", "127.0.0.1", ...words);
}

/** Runs a client of Redis; our port is another than the pod's. */
function client(program: string, env: NodeJS.ProcessEnv, ...args: string[]): Promise<RunResult> {
  const variables = { ...process.env, ...env };
  return run(program, ["-p", String(port), ...args], { env: variables, timeoutMs: 10_000 });
}
