/**
 * Proves what a backup saves of a release that the real Helm has installed, on a real API server: its
 * objects, Secrets, values and record, which Helm reads when they are put back; and that data which nobody
 * wrote are missing, though their Jobs completed. A run that was killed leaves no archive, and the next one
 * removes what it left. The pods are simulated: that real Jobs write real data, test/data shows.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readArchivedObjects, verifyArchive } from "../../cli/backup";
import { ours } from "../../cli/backup/marks";
import { deleteCluster } from "../../cli/cluster";
import { readJournal } from "../../cli/journal";
import { type Api, type KubernetesObject, kinds, openApi } from "../../cli/kubernetes";
import { runChild } from "../../cli/process";
import { ensureToolchain } from "../../cli/toolchain";
import { openWorkspace } from "../../cli/workspace";
import { backUpRelease, passphrase, recordOf } from "./interrupted-backup";
import { ReleaseStage, request } from "./release";

const minutes = 60_000;
const { namespace } = request;
const claims = [
  "data-thunderline-postgresql-0",
  "export-thunderline-minio-0",
  "thunderline-thunderhelm-mlflow",
];

describe("the backup of a Helm release", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-backup-"));
  const stage = new ReleaseStage(openWorkspace({ base: folder }), "dev");
  const file = join(folder, "thunderline.tar");

  beforeAll(async () => {
    await stage.install();
    await withApi(async (api) => {
      // Of somebody else, and made by hand.
      for (const name of ["stranger", "by-hand"]) await api.create(configMap(name));
    });
  }, 5 * minutes);

  afterAll(async () => {
    await deleteCluster(stage.workspace, await ensureToolchain(), stage.stack);
    rmSync(folder, { recursive: true });
  }, minutes);

  it(
    "that was killed in the middle leaves no archive, and a Job",
    async () => {
      await killed();
      expect(existsSync(file)).toBe(false);
      expect(await jobs()).toHaveLength(1);
      const { entries } = readJournal(recordOf(stage));
      expect(entries.map(({ outcome }) => outcome)).toEqual(["done", "begun"]);
    },
    2 * minutes,
  );

  it(
    "has all of the release but the data, which no Job has written, and says so",
    async () => {
      const made = await backUpRelease(stage, file);
      expect(made.complete).toBe(false);
      expect(made.missing.map(({ what }) => what)).toEqual(claims.map((name) => `claim ${name}`));
      for (const { why } of made.missing) {
        expect(why).toMatch(
          /^(Job|The container of Job) platform-backup-\S+ (completed|has ended), but /,
        );
      }
      expect(await jobs()).toEqual([]);
      expect(readdirSync(folder).filter((name) => name.startsWith("thunderline.tar"))).toEqual([
        "thunderline.tar",
      ]);
    },
    3 * minutes,
  );

  it(
    "is read back as incomplete, and is never called whole",
    async () => {
      const verified = await verifyArchive(file, passphrase);
      expect(verified).toMatchObject({ state: "incomplete", faults: [] });
      expect(verified.manifest).toMatchObject({
        ...{ namespace, release: "thunderline", complete: false },
        releases: [{ name: "thunderline", revision: 1, chart: "thunderhelm-0.2.0" }],
      });
    },
    minutes,
  );

  it(
    "gives back what is on the cluster, field by field",
    async () => {
      const { objects, secrets, releases } = await readArchivedObjects(file, passphrase);
      const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      expect(names).toEqual(
        expect.arrayContaining([
          "StatefulSet thunderline-postgresql",
          "Deployment thunderline-thunderhelm-mlflow",
          ...claims.map((name) => `PersistentVolumeClaim ${name}`),
        ]),
      );
      expect(names).not.toContain("ConfigMap stranger");
      expect(names.filter((name) => name.startsWith("PersistentVolume "))).toHaveLength(3);
      await withApi(async (api) => {
        const [live] = await api.list(kinds.persistentVolumeClaims, { namespace });
        const kept = objects.find(({ metadata }) => metadata.uid === live?.metadata.uid);
        const { managedFields, ...metadata } = { managedFields: [], ...live?.metadata };
        expect(managedFields).not.toEqual([]);
        expect(kept).toEqual({ ...live, metadata });
      });
      const found = secrets.find(({ metadata }) => metadata.name === "thunderline-postgresql");
      expect(Buffer.from(found?.data?.["postgres-password"] ?? "", "base64").toString()).toBe(
        "old-superuser-password",
      );
      expect(releases[0]?.record).toMatchObject({ name: "thunderline", version: 1 });
    },
    minutes,
  );

  it("has no password that can be read without the passphrase", () => {
    const bytes = readFileSync(file);
    for (const one of [
      "old-superuser-password",
      "old-minio-root-password",
      "old-livebook-cookie",
    ]) {
      expect(bytes.includes(one)).toBe(false);
      expect(bytes.includes(Buffer.from(one).toString("base64").replace(/=+$/, ""))).toBe(false);
    }
    expect(readFileSync(recordOf(stage), "utf8")).not.toContain("old-");
  });

  it(
    "brings Helm's record back: Helm knows the release again",
    async () => {
      const { secrets } = await readArchivedObjects(file, passphrase);
      const record = secrets.find(({ type }) => type === "helm.sh/release.v1");
      if (record === undefined) throw new Error("no record");
      await withApi((api) => api.remove(record));
      expect(await stage.helm("list", "-n", namespace, "--short")).toBe("");
      const { name, labels = {} } = record.metadata;
      await withApi((api) => api.create({ ...record, metadata: { name, namespace, labels } }));
      expect(await stage.helm("list", "-n", namespace, "--short")).toBe("thunderline\n");
      expect(await stage.helm("get", "manifest", "thunderline", "-n", namespace)).toContain(
        "kind: StatefulSet",
      );
    },
    minutes,
  );

  it(
    "is shown, made and read back by the command, with the exit codes that its help tells",
    async () => {
      const out = join(folder, "by-command.tar");
      const what = ["--stack", "dev", "--embedded", "--namespace", namespace];
      const shown = await command(passphrase, ...what, "--release", "thunderline");
      expect(shown.code).toBe(0);
      expect(shown.stdout).toContain("Nothing was done: --apply makes it.");
      expect(await jobs()).toEqual([]);

      const made = await command(passphrase, ...what, "--out", out, "--apply", "--yes", "--json");
      expect(made.code).toBe(2);
      expect(JSON.parse(made.stdout)).toMatchObject({ file: out, complete: false });
      for (const text of [shown.stdout, made.stdout, made.stderr]) {
        expect(text).not.toMatch(/old-|horse/);
      }
      expect(await jobs()).toEqual([]);
      const again = await command(passphrase, ...what, "--out", out, "--apply", "--yes");
      expect(again).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("never written over") as unknown,
      });

      expect(await command(passphrase, "--verify", out)).toMatchObject({
        code: 2,
        stdout: expect.stringContaining(": INCOMPLETE") as unknown,
      });
      expect(await command("another passphrase", "--verify", out)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("not the passphrase") as unknown,
      });
    },
    4 * minutes,
  );

  function command(by: string, ...args: readonly string[]): ReturnType<typeof runChild> {
    const node = ["-r", "ts-node/register/transpile-only", "cli/main.ts", "backup"];
    return runChild(process.execPath, [...node, ...args], {
      cwd: join(__dirname, "..", ".."),
      env: {
        ...process.env,
        ...{ TS_NODE_PROJECT: "tsconfig.program.json", PLATFORM_DIR: folder },
        PLATFORM_BACKUP_PASSPHRASE: by,
      },
    });
  }

  function withApi<T>(work: (api: Api) => Promise<T>): Promise<T> {
    return stage.on(async ({ context, kubeconfig }) =>
      work(await openApi({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) })),
    );
  }

  function jobs(): Promise<readonly KubernetesObject[]> {
    return withApi((api) => api.list(kinds.jobs, { namespace, selector: ours }));
  }

  async function killed(): Promise<void> {
    const script = join(__dirname, "interrupted-backup.ts");
    const args = ["-r", "ts-node/register/transpile-only", script, folder, file];
    const child = spawn(process.execPath, args, {
      cwd: join(__dirname, "..", ".."),
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TS_NODE_PROJECT: "tsconfig.program.json" },
    });
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await ended;
  }
});

function configMap(name: string): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace } };
}
