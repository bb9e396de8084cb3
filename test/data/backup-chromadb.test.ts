/**
 * Proves the backup of ChromaDB with the real server of the pod's version: collections come back with
 * vectors, documents, metadata and settings. Does not prove the images: server and client run with this
 * machine's Python.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { BackupJob, contentOf, countsOf, daysAgo, python, rowsOf } from "./support/backup";
import { Chroma } from "./support/chromadb";
import { freePort, succeed } from "./support/daemon";
import { temporaryFolder } from "./support/world";

jest.setTimeout(900_000);

/** More than a page of them. */
const many = 1203;

let folder: string;
let chroma: Chroma;
let job: BackupJob;
let at: string;
let full: object;

beforeAll(async () => {
  folder = temporaryFolder();
  chroma = new Chroma(
    folder,
    (port) => ({
      CHROMA_LISTEN_ADDRESS: "127.0.0.1",
      CHROMA_PERSIST_PATH: join(folder, "data"),
      CHROMA_PORT: String(port),
      ANONYMIZED_TELEMETRY: "FALSE",
    }),
    "/api/v2/heartbeat",
  );
  await chroma.start();
  const configuration = { hnsw: { space: "cosine", ef_construction: 150, max_neighbors: 24 } };
  const documents = await make({
    name: "incidents",
    metadata: { owner: "ö", year: 2026 },
    configuration,
  });
  for (let from = 0; from < many; from += 500) {
    const ids = Array.from(
      { length: Math.min(500, many - from) },
      (_, n) => `id ${String(from + n)}`,
    );
    await chroma.ask("POST", `/collections/${documents}/add`, {
      ids,
      embeddings: ids.map((_, n) => [Math.sin(from + n), 1 / (from + n + 1), 1e-7]),
      documents: ids.map((one) => `about "${one}"\n`),
      metadatas: ids.map((_, n) => ({ number: n, share: n / 3, open: n % 2 === 0, text: "å" })),
    });
  }
  await chroma.ask("POST", `/collections/${await make({ name: "plain.one" })}/add`, {
    ids: ["only"],
    embeddings: [[1, 2]],
    uris: ["file:///x"],
  });
  await make({ name: "nothing-yet" });
  full = await content((one) => expect.closeTo(one, 5) as unknown);
  job = await BackupJob.make({
    folder: join(folder, "job"),
    store: "chromadb",
    kind: "chromadb",
    base: "alpine",
    programs: [await python()],
    env: { CHROMA_URL: chroma.url },
  });
});
afterAll(async () => {
  await chroma.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a backup has all collections and their records", async () => {
  const made = await job.taken();
  at = made.at;
  expect(made).toMatchObject({ store: "chromadb", rows: many + 1 });
  expect(countsOf(contentOf(job.file(at, "rows")))).toEqual({
    incidents: many,
    "nothing-yet": 0,
    "plain.one": 1,
  });
});

test("a restore over data is refused, and changes nothing", async () => {
  expect(await job.restore()).toMatchObject({
    code: 3,
    stderr: "restore of chromadb failed: it has data, and OVERWRITE is not yes\n",
  });
  expect(await content()).toEqual(full);
});

test("lost collections come back with vectors, documents, metadata and settings", async () => {
  await chroma.ask("DELETE", "/collections/incidents");
  await chroma.ask("DELETE", "/collections/plain.one");
  const restored = await job.restore();
  expect(restored).toMatchObject({ code: 0 });
  expect(rowsOf(restored)).toMatchObject({ incidents: [many, many], "plain.one": [1, 1] });
  expect(await content()).toEqual(full);
});

test("other collections are replaced, and what is restored is found by its vector", async () => {
  await chroma.ask("DELETE", "/collections/incidents");
  const other = await make({ name: "incidents" });
  await chroma.ask("POST", `/collections/${other}/add`, { ids: ["x"], embeddings: [[1]] });
  await make({ name: "added" });
  await job.restored({ OVERWRITE: "yes" });
  expect(await content()).toEqual(full);
  const [incidents] = await collections();
  const nearest = { query_embeddings: [[Math.sin(7), 1 / 8, 1e-7]], n_results: 1 };
  expect(
    await chroma.ask("POST", `/collections/${incidents?.id ?? ""}/query`, nearest),
  ).toMatchObject({ ids: [["id 7"]] });
});

test("an older one is restored by its time", async () => {
  const older = daysAgo(1);
  await job.move(at, older);
  await chroma.ask("DELETE", "/collections/plain.one");
  const { at: newer } = await job.taken();
  await job.restored({ OVERWRITE: "yes", AT: older });
  expect(await content()).toEqual(full);
  await job.restored({ OVERWRITE: "yes", AT: newer });
  expect((await collections()).map(({ name }) => name)).toEqual(["incidents", "nothing-yet"]);
  await job.restored({ OVERWRITE: "yes", AT: older });
  rmSync(join(job.backups, newer), { recursive: true });
  at = older;
});

test("a backup without a server fails in words, and leaves the last one", async () => {
  const url = `http://127.0.0.1:${String(await freePort())}`;
  const failed = await job.take({ CHROMA_URL: url });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("Connection refused");
  expect(failed.stderr).toContain("backup of chromadb failed: ");
  expect(failed.stderr).not.toContain("Traceback");
  expect(job.names()).toEqual([at]);
});

test("a restore that fails leaves the collections as they are", async () => {
  // The archive is sound, and the server does not take it.
  const changed = contentOf(job.file(at, "3.jsonl")).replace("[[1.0, 2.0]]", "[[]]");
  writeFileSync(job.file(at, "3.jsonl"), changed);
  const names = ["1.jsonl", "2.jsonl", "3.jsonl", "rows", "totals"];
  const { stdout } = await succeed("sha256sum", names, { cwd: join(job.backups, at) });
  writeFileSync(job.file(at, "SHA256SUMS"), stdout);
  const failed = await job.restore({ OVERWRITE: "yes" });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("restore of chromadb failed: ");
  expect(await content()).toEqual(full);
});

test("a changed archive is refused before the server is touched", async () => {
  writeFileSync(job.file(at, "rows"), "incidents 1\n");
  const failed = await job.restore({ OVERWRITE: "yes" });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(`the backup of ${at} has changed or cannot be read`);
});

interface Collection {
  readonly id: string;
  readonly name: string;
}

async function make(body: object): Promise<string> {
  return ((await chroma.ask("POST", "/collections", body)) as Collection).id;
}

async function collections(): Promise<readonly Collection[]> {
  const all = (await chroma.ask("GET", "/collections")) as readonly Collection[];
  return [...all].sort((one, other) => (one.name < other.name ? -1 : 1));
}

interface Records {
  readonly embeddings: readonly (readonly number[])[];
}

/**
 * All that clients see, but for the collections' own numbers. Of vectors that are compared by their
 * angles the server keeps the direction: it makes them as long as one, each time they are added, and so
 * the last digit may differ.
 */
async function content(near = (one: number): unknown => one): Promise<object> {
  const all: Record<string, object> = {};
  for (const { id, name, ...rest } of await collections()) {
    const include = ["embeddings", "documents", "metadatas", "uris"];
    const body = { include };
    const records = (await chroma.ask("POST", `/collections/${id}/get`, body)) as Records;
    const embeddings = records.embeddings.map((vector) =>
      vector.map((one) => (name === "incidents" ? near(one) : one)),
    );
    all[name] = { ...rest, log_position: 0, version: 0, records: { ...records, embeddings } };
  }
  return all;
}
