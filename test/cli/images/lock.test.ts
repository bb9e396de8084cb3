/** What the lock holds, and what becomes of it when registries are asked: one on this machine stands for all. */
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { readImages, readingsText, nameOf, wantedImages } from "../../../cli/images";
import { openWorkspace, readSettings } from "../../../cli/workspace";
import { type LockedImage, lockedImages } from "../../../config/image-lock";
import { stacks } from "../../engine/rendered";

const workspace = openWorkspace();
const settings = stacks.map((stack) => readSettings(workspace, stack));

describe("the lock", () => {
  it("has the images of the stacks' settings and of the commands, each once, and no others", () => {
    expect(lockedImages.map(nameOf)).toEqual(wantedImages(settings));
  });

  it("would have an image that a stack file names by its tag", () => {
    const [dev] = settings;
    if (dev === undefined) throw new Error("no stack");
    const app = { ...dev.thunderline.app, image: "registry.example.com/app:2.2.0" };
    const thunderline = { ...dev.thunderline, app };
    expect(wantedImages([{ ...dev, thunderline }])).toContain("registry.example.com/app:2.2.0");
  });

  it("has none that a stack file itself gives a digest", () => {
    const [dev] = settings;
    if (dev === undefined) throw new Error("no stack");
    const image = `registry.example.com/app@sha256:${"ab".repeat(32)}`;
    const thunderline = { ...dev.thunderline, app: { ...dev.thunderline.app, image } };
    const wanted = wantedImages([{ ...dev, thunderline }]);
    expect(wanted.filter((name) => name.startsWith("registry.example.com"))).toEqual([]);
  });
});

describe("a registry that is asked", () => {
  const digest = `sha256:${"ab".repeat(32)}`;
  const other = `sha256:${"cd".repeat(32)}`;
  const index = JSON.stringify({ manifests: [] });
  let server: Server;
  let host: string;

  beforeAll(async () => {
    server = createServer(({ url = "", method }, response) => {
      if (url.endsWith("/acme/web/manifests/1.0")) {
        response.writeHead(200, { "docker-content-digest": digest }).end();
      } else if (url.endsWith("/acme/silent/manifests/1.0")) {
        response.writeHead(200).end(method === "GET" ? index : undefined);
      } else {
        response.writeHead(url.includes("/acme/private/") ? 403 : 404).end();
      }
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const today = "2026-03-01";
  async function read(image: string, locked: readonly LockedImage[] = [], through?: string) {
    const [reading] = await readImages([image], locked, { timeoutMs: 2000, today, through });
    if (reading === undefined) throw new Error("no reading");
    return { ...reading, text: readingsText([reading], []) };
  }
  const web = (fields: { digest: string; read: string }): LockedImage => ({
    ...{ name: `${host}/acme/web`, tag: "1.0" },
    ...fields,
  });

  it("gives the digest of a tag, which is noted with the day", async () => {
    const { image, text } = await read(`${host}/acme/web:1.0`);
    expect(image).toEqual(web({ digest, read: today }));
    expect(text).toBe(`${host}/acme/web:1.0\n    ${digest}`);
  });

  it("gives the bytes that the digest is of, where it does not say it", async () => {
    const { image } = await read(`${host}/acme/silent:1.0`);
    const hash = createHash("sha256").update(index).digest("hex");
    expect(image).toMatchObject({ digest: `sha256:${hash}`, read: today });
  });

  it("changes nothing where it gives the digest that was read before", async () => {
    const before = web({ digest, read: "2026-01-01" });
    const { image, text } = await read(`${host}/acme/web:1.0`, [before]);
    expect(image).toEqual(before);
    expect(text).toContain("as before");
  });

  it("is not believed in silence where a tag has other bytes than before", async () => {
    const before = web({ digest: other, read: "2026-01-01" });
    const { image, text } = await read(`${host}/acme/web:1.0`, [before]);
    expect(image).toEqual(web({ digest, read: today }));
    expect(text).toContain(`ANOTHER ONE than before, ${other}; its tag was moved`);
  });

  it("may be a mirror of all others", async () => {
    const { image } = await read("docker.io/acme/web:1.0", [], `${host}/cache`);
    expect(image).toEqual({ name: "docker.io/acme/web", tag: "1.0", digest, read: today });
  });

  it.each([
    ["has no such image", "acme/gone", "its registry has no such image"],
    ["refuses", "acme/private", "its registry gives it to nobody without credentials"],
  ])("that %s leaves the tag only, and the reason", async (_what, name, tagOnly) => {
    const { image, text } = await read(`${host}/${name}:1.0`);
    expect(image).toEqual({ name: `${host}/${name}`, tag: "1.0", tagOnly });
    expect(text).toContain(`tag only: ${tagOnly}`);
  });

  it("that does not answer leaves the tag only, and the reason", async () => {
    const { image, text } = await read("127.0.0.1:1/acme/web:1.0");
    const tagOnly = "its registry could not be asked";
    expect(image).toEqual({ name: "127.0.0.1:1/acme/web", tag: "1.0", tagOnly });
    expect(text).toContain(`tag only: ${tagOnly}: `);
  });

  it("that does not answer leaves a digest that was read before", async () => {
    const before: LockedImage = {
      ...{ name: "127.0.0.1:1/acme/web", tag: "1.0" },
      ...{ digest, read: "2026-01-01" },
    };
    const { image, text } = await read("127.0.0.1:1/acme/web:1.0", [before]);
    expect(image).toEqual(before);
    expect(text).toContain(`${digest} stays: its registry could not be asked`);
  });
});

it("tells which images the lock has no more", () => {
  expect(readingsText([], ["docker.io/acme/old:1.0"])).toBe(
    "docker.io/acme/old:1.0\n    no stack has it any more",
  );
});
