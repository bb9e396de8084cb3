/**
 * From a registry's answer to a pod's image, in a copy of this program: the lock is written, and the
 * engine renders what it says. The registry is one on this machine that makes its digests up.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse } from "yaml";

import { readImages, usedImages, wantedImages, writeLock } from "../../cli/images";
import { readObjects, type StackObject } from "../../cli/preflight/objects";
import { renderObjects } from "../../cli/render";
import {
  listStacks,
  openWorkspace,
  type Override,
  readSettings,
  stackSetting,
} from "../../cli/workspace";
import { readStackFile } from "../../cli/workspace/stacks";
import type { LockedImage } from "../../config/image-lock";
import { merge } from "../../config/merge";

jest.setTimeout(180_000);

const repository = join(__dirname, "..", "..");
const stack = "staging";
const absent = "docker.io/thunderline/app";

let folder: string;
let copy: string;
let registry: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "platform-images-"));
  copy = join(folder, "program");
  const files = readdirSync(repository).filter((name) => /\.(ts|cjs|json|yaml)$/.test(name));
  for (const name of [".prettierrc.json", "components", "config", "policy", ...files]) {
    cpSync(join(repository, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"), "dir");
  registry = createServer(({ url = "" }, response) => {
    const path = url.replace(/^\/v2\/|\/manifests\/.*$/g, "");
    if (path === absent) response.writeHead(404).end();
    else response.writeHead(200, { "docker-content-digest": digestOf(path) }).end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => registry.once("listening", resolve));
  const host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const workspace = openWorkspace();
  const wanted = wantedImages(listStacks(workspace).map((one) => readSettings(workspace, one)));
  const options = { timeoutMs: 5000, through: host, today: "2026-03-01" };
  const readings = await readImages(wanted, [], options);
  writeLock(
    copy,
    readings.map(({ image }) => image),
  );
});

afterAll(() => {
  registry.closeAllConnections();
  registry.close();
  rmSync(folder, { recursive: true });
});

function digestOf(name: string): string {
  return `sha256:${createHash("sha256").update(name).digest("hex")}`;
}

function lock(): readonly LockedImage[] {
  const text = readFileSync(join(copy, "config", "images.lock.json"), "utf8");
  return (JSON.parse(text) as { images: LockedImage[] }).images;
}

async function render(overrides: readonly Override[]): Promise<readonly StackObject[]> {
  const workspace = openWorkspace({ repository: copy, base: join(folder, "rendering") });
  return readObjects((await renderObjects(stack, { workspace, overrides })).files);
}

it("the lock has each digest as the registry gave it, and says where it gave none", () => {
  expect(lock().length).toBeGreaterThan(15);
  expect(lock().map((one) => ("digest" in one ? one.digest : one.tagOnly))).toEqual(
    lock().map(({ name }) => (name === absent ? "its registry has no such image" : digestOf(name))),
  );
});

it("the pods run exactly the images of the lock, by their digests", async () => {
  const objects = await render([]);
  const known = new Map(
    lock().map((one) => [`${one.name}:${one.tag}`, "digest" in one ? one.digest : null]),
  );
  const used = usedImages(objects);
  expect(used.length).toBeGreaterThan(10);
  for (const { image, digest } of used) {
    const [name = ""] = image.split("@");
    expect([name, digest]).toEqual([name, known.get(name)]);
  }
  const golden = parse(
    readFileSync(
      join(repository, "test/golden", stack, "faultmaven/statefulset.postgres.yaml"),
      "utf8",
    ),
  ) as StackObject;
  const postgres = objects.find(
    ({ kind, metadata }) =>
      kind === "StatefulSet" &&
      metadata.name === golden.metadata.name &&
      metadata.namespace === "faultmaven",
  );
  // The version is the tag's, as before.
  expect(postgres?.metadata.labels).toEqual(golden.metadata.labels);
});

it("a stack's own registry is asked for the same digests, and for an image of its own as it is named", async () => {
  const mirror = "mirror.example.com/cache";
  const own = `registry.example.com/runner:3.0.0@sha256:${"ab".repeat(32)}`;
  const used = usedImages(
    await render([
      setting("cluster", { imageRegistry: mirror }),
      setting("thunderline", { cerebros: { image: own } }),
    ]),
  );
  expect(used.map(({ image }) => image)).toContain(`${mirror}/${own}`);
  const others = used.filter(({ image }) => !image.endsWith(own));
  expect(others.length).toBeGreaterThan(10);
  for (const { image, digest } of others) {
    const name = image.slice(`${mirror}/`.length).replace(/:[^/]*$/, "");
    expect(image.startsWith(`${mirror}/`)).toBe(true);
    expect([name, digest]).toEqual([name, name === absent ? null : digestOf(name)]);
  }
});

/** Settings under `platform:<part>` on top of those of the committed stack file. */
function setting(part: string, settings: object): Override {
  const key = `platform:${part}`;
  const said = stackSetting(readStackFile(openWorkspace(), stack), key) ?? {};
  return { key, value: merge(undefined, said, settings) };
}
