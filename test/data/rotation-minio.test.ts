/**
 * Proves the rotation of MinIO's keys with a real server and client, started and set up as the component
 * makes them for each step. Both are built from their modules, not taken from the images.
 */
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { minio } from "../../cli/toolchain/data-tools";
import { run, type RunResult } from "../../cli/toolchain/process";
import { ObjectStore } from "../../components/services/object-store";
import { objectStore as schema } from "../../config/stores";
import type { Manifests } from "../support/manifests";
import { testScope } from "../support/scope";
import { settingsOf } from "../support/settings";
import { synth } from "../support/synth";
import { type Daemon, freePort } from "./support/daemon";
import { minioPrograms, startContainer } from "./support/minio";
import { allReplaced, containerOf, environmentOf, writeFiles } from "./support/rendered";
import { reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(1_200_000);

const secrets = {
  "minio.access-key": "clientclientclient01",
  "minio.secret-key": "clientsFirstSecretKey",
  "minio.secret-key-2": "clientsSecondSecretKey",
  "minio.root-password": "rootsFirstPassword",
  "minio.root-password-2": "rootsSecondPassword",
} as const;
const settings = settingsOf("dev").thunderline.objectStore;
const there = `mine/${settings.bucket}/kept`;

let folder: string;
let address: string;
let programs: { server: string; client: string };
let server: Daemon | undefined;

beforeAll(async () => {
  programs = await minioPrograms();
  reportRun("minio", minio.version, settings.image, "the rotation of its keys");
  folder = temporaryFolder();
  address = `127.0.0.1:${await freePort()}`;
  await reach({});
  const { code, stderr } = await client("first", "cp", __filename, there);
  if (code !== 0) throw new Error(stderr);
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the next secret key", () => {
  beforeAll(() => reach({ secretKey: { from: "generated", rotation: 2 } }));

  test("opens what is stored, and may still write", async () => {
    expect((await client("second", "cat", there)).stdout).toContain("the rotation of MinIO's keys");
    expect(await client("second", "cp", __filename, `${there}-too`)).toMatchObject({ code: 0 });
  });

  test("is the only one that does", async () => {
    const refused = await client("first", "cat", there);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("signature");
  });
});

describe("the next root password", () => {
  beforeAll(() =>
    reach({
      secretKey: { from: "generated", rotation: 2 },
      rootPassword: { from: "generated", rotation: 2 },
    }),
  );

  test("rules the server, and the one before does not", async () => {
    expect(await ruler("minio.root-password-2")).toMatchObject({ code: 0 });
    expect((await ruler("minio.root-password")).code).toBe(1);
  });

  test("leaves clients their key, and what is stored readable", async () => {
    expect((await client("second", "cat", there)).stdout).toContain("the rotation of MinIO's keys");
  });
});

/** Brings server and bucket to what the component declares, as an update does: first the one, then the other. */
async function reach(rotations: object): Promise<void> {
  const args = {
    scope: testScope(),
    name: "minio",
    settings: schema.parse({ ...settings, ...rotations }),
    enabled: true,
  };
  const synthesis = await synth(() => new ObjectStore("acme-minio", args));
  await restart(synthesis.object("StatefulSet", "minio"));
  const [name = ""] = synthesis.names("Job");
  const setup = containerOf(synthesis.object("Job", name));
  const { data } = synthesis.object("ConfigMap", "minio-setup");
  const place = { "/setup/": `${folder}/setup/` };
  writeFiles(join(folder, "setup"), allReplaced(data, place));
  const [program = "", ...words] = allReplaced(setup.command ?? [], place);
  const env = allReplaced(environmentOf(setup, secrets), {
    "minio.acme.svc.cluster.local:9000": address,
    "/tmp/mc": join(folder, "tmp", "mc"),
  });
  const { code, stdout, stderr } = await run(program, words, { env: environment(env) });
  if (code !== 0) throw new Error(stdout + stderr);
}

async function restart(object: Manifests["StatefulSet"]): Promise<void> {
  await server?.stop();
  const at = { server: programs.server, folder, address };
  server = await startContainer(containerOf(object), at, secrets);
}

/** The client of the bucket, with the first or the second secret key. */
function client(which: "first" | "second", ...args: readonly string[]): Promise<RunResult> {
  const key = secrets[which === "first" ? "minio.secret-key" : "minio.secret-key-2"];
  return mc({ MC_HOST_mine: `http://${secrets["minio.access-key"]}:${key}@${address}` }, ...args);
}

/** What only the root user may ask. */
function ruler(password: "minio.root-password" | "minio.root-password-2"): Promise<RunResult> {
  const host = { MC_HOST_store: `http://root:${secrets[password]}@${address}` };
  return mc(host, "admin", "user", "list", "store");
}

function mc(host: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<RunResult> {
  const env = { ...host, MC_CONFIG_DIR: join(folder, "tmp", "mc") };
  return run(programs.client, args, { env: environment(env), timeoutMs: 60_000 });
}

function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = `${dirname(programs.client)}:${process.env.PATH ?? ""}`;
  return { ...process.env, ...env, PATH: path };
}
