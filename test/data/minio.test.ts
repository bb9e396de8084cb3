/**
 * Proves Thunderline's object store with a real server and client: the server's arguments and variables,
 * the paths of its probes, and the set-up of the bucket with the rights of its access key. Both are built
 * from their modules, not taken from the images.
 */
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { minio, minioClient } from "../../cli/toolchain/data-tools";
import { run, type RunResult } from "../../cli/toolchain/process";
import { type Daemon, freePort, succeed } from "./support/daemon";
import { minioPrograms, startContainer } from "./support/minio";
import { allReplaced, containerOf, environmentOf, rendered, writeFiles } from "./support/rendered";
import { reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(1_200_000);

const secrets = {
  "minio.root-password": "0123456789abcdefghijklmnopqrstuvwxyzABCD",
  "minio.access-key": "clientclientclient01",
  "minio.secret-key": "ABCDabcdefghijklmnopqrstuvwxyz0123456789",
};
const container = containerOf(rendered("prod", "thunderline", "StatefulSet", "minio"));
const setup = containerOf(rendered("prod", "thunderline", "Job", "minio-setup"));
const { BUCKET: bucket = "" } = environmentOf(setup, secrets);

let folder: string;
let address: string;
let programs: { server: string; client: string };
let server: Daemon;

beforeAll(async () => {
  programs = await minioPrograms();
  reportRun("minio", minio.version, container.image, "arguments, variables and probes");
  reportRun("mc", minioClient.version, setup.image, "the set-up, and what its access key may");
  folder = temporaryFolder();
  address = `127.0.0.1:${await freePort()}`;
  const { data } = rendered("prod", "thunderline", "ConfigMap", "minio-setup");
  writeFiles(join(folder, "setup"), allReplaced(data, { "/setup/": `${folder}/setup/` }));
  server = await startContainer(container, { server: programs.server, folder, address }, secrets);
  const { code, stdout, stderr } = await setUp();
  if (code !== 0) throw new Error(stdout + stderr);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(["startupProbe", "readinessProbe", "livenessProbe"] as const)(
  "answers the path of its %s",
  async (probe) => {
    expect(await statusOf(container[probe]?.httpGet?.path ?? "")).toBe(200);
  },
);

test("shows its metrics to a client without a password", async () => {
  const { spec } = rendered("prod", "thunderline", "ServiceMonitor", "minio");
  const [endpoint] = spec.endpoints as readonly { path: string }[];
  expect(await statusOf(endpoint?.path ?? "")).toBe(200);
});

test("is set up a second time without a fault", async () => {
  expect(await setUp()).toMatchObject({ code: 0, stderr: "" });
});

test("lets the access key put, list, get and remove in its bucket", async () => {
  const there = `mine/${bucket}/folder/policy.json`;
  expect(await client("cp", join(folder, "setup", "policy.json"), there)).toMatchObject({
    code: 0,
  });
  expect((await client("ls", `mine/${bucket}/folder/`)).stdout).toContain("policy.json");
  expect((await client("cat", there)).stdout).toContain(`arn:aws:s3:::${bucket}`);
  expect(await client("rm", there)).toMatchObject({ code: 0 });
});

describe("another bucket", () => {
  beforeAll(async () => {
    const env = setUpEnvironment();
    await succeed(programs.client, ["mb", "store/another"], { env });
    await succeed(programs.client, ["cp", __filename, "store/another/key"], { env });
  });

  test.each([
    ["lists", ["ls", "mine/another"]],
    ["reads", ["cat", "mine/another/key"]],
    ["writes", ["cp", __filename, "mine/another/more"]],
    ["removes", ["rb", "mine/another"]],
  ])("is nothing that the access key %s", async (_what, command) => {
    const refused = await client(...command);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/Access Denied|Insufficient permissions/);
  });

  test("is nothing that the access key makes", async () => {
    expect((await client("mb", "mine/more")).stderr).toContain("Access Denied");
  });
});

test("refuses a client without a key", async () => {
  expect(await statusOf(`/${bucket}/`)).toBe(403);
});

async function statusOf(path: string): Promise<number> {
  try {
    return (await fetch(`http://${address}${path}`)).status;
  } catch {
    return 0;
  }
}

/** The job's variables; the address and the folders are ours. */
function setUpEnvironment(): NodeJS.ProcessEnv {
  const ours = allReplaced(environmentOf(setup, secrets), {
    "minio.thunderline.svc.cluster.local:9000": address,
    "/tmp/mc": join(folder, "tmp", "mc"),
  });
  const path = `${dirname(programs.client)}:${process.env.PATH ?? ""}`;
  return { ...process.env, ...ours, PATH: path };
}

function setUp(): Promise<RunResult> {
  const [program = "", ...args] = allReplaced(setup.command ?? [], {
    "/setup/": `${folder}/setup/`,
  });
  return run(program, args, { env: setUpEnvironment(), timeoutMs: 60_000 });
}

/** The client with the access key that the set-up made. */
function client(...args: readonly string[]): Promise<RunResult> {
  const login = `${secrets["minio.access-key"]}:${secrets["minio.secret-key"]}`;
  const env = { ...setUpEnvironment(), MC_HOST_mine: `http://${login}@${address}` };
  return run(programs.client, args, { env, timeoutMs: 60_000 });
}
