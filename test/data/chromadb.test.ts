/**
 * Proves that ChromaDB of the pod's version runs with the pod's variables, answers its probes, and keeps
 * what it was given when it is killed. Does not prove the image: its file of settings is rebuilt here,
 * and the server comes from PyPI.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { Chroma } from "./support/chromadb";
import { pinnedVersion } from "./support/python";
import { containerOf, environmentOf, probePath, rendered } from "./support/rendered";
import { reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(900_000);

const container = containerOf(rendered("prod", "faultmaven", "StatefulSet", "chromadb"));
const heartbeat = probePath(container);

let folder: string;
let chroma: Chroma;

beforeAll(async () => {
  folder = temporaryFolder();
  const verified = "variables, heartbeat, a collection over SIGTERM and SIGKILL";
  reportRun("chromadb", pinnedVersion("chromadb"), container.image, verified);
  const env = environmentOf(container);
  const changed = {
    CHROMA_LISTEN_ADDRESS: "127.0.0.1",
    CHROMA_PERSIST_PATH: join(folder, "data"),
    HOME: join(folder, "home"),
  };
  chroma = new Chroma(
    folder,
    (port) => ({ ...env, ...changed, CHROMA_PORT: String(port) }),
    heartbeat,
  );
  await chroma.start();
});
afterAll(async () => {
  await chroma.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the program has the version of the pod's image", () => {
  expect(container.image).toMatch(new RegExp(`:${pinnedVersion("chromadb")}$`));
});

test("the variables name the volume, the address and the port of the pod", () => {
  expect(environmentOf(container)).toMatchObject({
    CHROMA_LISTEN_ADDRESS: "0.0.0.0",
    CHROMA_PERSIST_PATH: container.volumeMounts?.[0]?.mountPath,
    CHROMA_PORT: String(container.ports?.[0]?.containerPort),
    HOME: "/tmp",
  });
});

test("the path of the probes answers, and that of versions before 1.0 does not", async () => {
  expect(await chroma.status(heartbeat)).toBe(200);
  expect(await chroma.status("/api/v1/heartbeat")).not.toBe(200);
});

test("a collection is there after the server ended, and after it was killed", async () => {
  const { id } = (await chroma.ask("POST", "/collections", { name: "incidents" })) as {
    id: string;
  };
  const add = (ids: readonly string[], embeddings: readonly number[][]): Promise<unknown> =>
    chroma.ask("POST", `/collections/${id}/add`, {
      ids,
      embeddings,
      documents: ids.map((one) => `about ${one}`),
    });
  const nearest = async (embedding: readonly number[]): Promise<unknown> => {
    const question = { query_embeddings: [embedding], n_results: 1, include: ["documents"] };
    return chroma.ask("POST", `/collections/${id}/query`, question);
  };

  await add(
    ["disk", "network"],
    [
      [1, 0, 0],
      [0, 1, 0],
    ],
  );
  await chroma.stop();
  await chroma.start();
  expect(await nearest([0.9, 0.1, 0])).toMatchObject({ documents: [["about disk"]] });

  await add(["memory"], [[0, 0, 1]]);
  await chroma.stop("SIGKILL");
  await chroma.start();
  expect(await chroma.ask("GET", `/collections/${id}/count`)).toBe(3);
  expect(await nearest([0, 0.1, 0.9])).toMatchObject({ documents: [["about memory"]] });
});

test("the pod's variables say where the data is, and nothing is written where the program runs", () => {
  expect(existsSync(join(folder, "data", "chroma.sqlite3"))).toBe(true);
  expect(existsSync(join(folder, "image"))).toBe(false);
  expect(readdirSync(chroma.work)).toEqual([]);
});
