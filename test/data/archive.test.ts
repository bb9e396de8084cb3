/**
 * Proves that the Jobs of `npm run backup` save what is there: a real PostgreSQL's rows come back in a fresh
 * server, and files with their contents, modes and links, out of the archive that the command makes. The
 * scripts run by their Jobs' own commands under the shells and programs of Debian's images and Alpine's;
 * results are fetched through exec. Does not prove the images, nor what a kubelet does: a small server on
 * loopback stands for it.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { backUp, type BackupResult, verifyArchive } from "../../cli/backup";
import { decrypted } from "../../cli/backup/age";
import { entriesOf } from "../../cli/backup/archive";
import { Journal } from "../../cli/journal";
import { silent } from "../../cli/progress";
import { fillApplication } from "./support/backup-postgres";
import { succeed } from "./support/daemon";
import { Kubelet } from "./support/kubelet";
import { Postgres, serverProgram } from "./support/postgres";
import { reportTimes, reportVersions } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(180_000);

const passphrase = "correct horse battery staple";
const namespace = "acme";
const clients = ["psql", "pg_dump", "pg_dumpall", "pg_restore"].map((name) => serverProgram(name));

let folder: string;
let kubelet: Kubelet | undefined;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  kubelet?.stop();
  kubelet = undefined;
  rmSync(folder, { recursive: true, force: true });
});

describe.each(["debian", "alpine"] as const)("with the shell and the programs of %s", (base) => {
  describe("a PostgreSQL server", () => {
    let postgres: Postgres;
    let servers: string;
    beforeAll(async () => {
      servers = temporaryFolder();
      postgres = await Postgres.start(join(servers, "old"), ["-c", "fsync=off"]);
      await fillApplication(postgres, "thunder line");
      await reportVersions(["postgres"]);
    });
    afterAll(async () => {
      await postgres.stop();
      rmSync(servers, { recursive: true, force: true });
    });

    it("comes back in a fresh one, with the same rows, roles and settings", async () => {
      const begun = Date.now();
      const made = await backedUp(base, postgresObjects(postgres, Postgres.superuserPassword));
      expect(made).toMatchObject({ complete: true, missing: [] });
      const takeMs = Date.now() - begun;
      expect(await verifyArchive(made.file, passphrase)).toMatchObject({
        state: "whole",
        checked: expect.arrayContaining([
          "data/db.postgres.tar.age: dumps of postgres, thunder line, and the roles",
        ]) as unknown,
      });

      const fresh = await Postgres.start(join(folder, "fresh"), ["-c", "fsync=off"]);
      try {
        const restoring = Date.now();
        await restore(made.file, fresh);
        expect(await fingerprint(fresh)).toEqual(await fingerprint(postgres));
        const rows = Number(await fresh.sql("thunder line", "SELECT count(*) FROM app.cases"));
        const { size: bytes } = statSync(made.file);
        reportTimes("backup", { rows, bytes, takeMs, restoreMs: Date.now() - restoring });
      } finally {
        await fresh.stop();
      }
    });

    it("is missing, in the server's own words, where it does not take the password", async () => {
      const made = await backedUp(base, postgresObjects(postgres, "another"));
      expect(made.complete).toBe(false);
      expect(made.missing).toHaveLength(1);
      expect(made.missing[0]?.why).toContain("password authentication failed");
      expect(kubelet?.names("Job")).toEqual([]);
    });

    it("is said to lack the roles' passwords where these could not be read", async () => {
      // As it is refused to whoever is no superuser.
      const refused = 'case " $* " in *" --no-role-passwords "*) ;; *) exit 1 ;; esac';
      const real = serverProgram("pg_dumpall");
      const shadow = shadowOf("pg_dumpall", `${refused}; exec '${real}' "$@"`);
      const programs = clients.map((it) => (it === real ? shadow : it));
      const objects = postgresObjects(postgres, Postgres.superuserPassword);
      const { manifest } = await backedUp(base, objects, {}, programs);
      const note = "the roles are saved without their passwords";
      expect(manifest.entries).toContainEqual(expect.objectContaining({ note }));
    });
  });

  describe("a folder of files", () => {
    let files: string;
    beforeEach(() => {
      files = join(folder, "files");
      mkdirSync(join(files, "deep", "er"), { recursive: true });
      mkdirSync(join(files, "lost+found"));
      writeFileSync(join(files, "lost+found", "of the file system"), "");
      mkdirSync(join(files, "empty"));
      writeFileSync(join(files, "deep", "er", "ö 'quoted'\nline"), Buffer.from([0, 255, 10, 13]));
      writeFileSync(join(files, ".hidden"), "hidden");
      writeFileSync(join(files, "n".repeat(180)), "a long name");
      writeFileSync(join(files, "run.sh"), "echo\n");
      chmodSync(join(files, "run.sh"), 0o750);
      symlinkSync("run.sh", join(files, "link"));
    });

    it("comes back with contents, modes and links", async () => {
      const made = await backedUp(base, claim("runs"), { runs: files });
      expect(made).toMatchObject({ complete: true });
      expect(await verifyArchive(made.file, passphrase)).toMatchObject({ state: "whole" });
      const back = await unpacked(made.file, "data/runs.tar.gz.age", ["-xzf"]);
      rmSync(join(files, "lost+found"), { recursive: true });
      expect(listing(back)).toEqual(listing(files));
      expect(kubelet?.names("Job")).toEqual([]);
    });

    it("comes whole where it is large", async () => {
      writeFileSync(join(files, "large"), randomBytes(40_000_000));
      const made = await backedUp(base, claim("runs"), { runs: files });
      expect(made).toMatchObject({ complete: true });
      expect(await verifyArchive(made.file, passphrase)).toMatchObject({ state: "whole" });
    });

    it("is saved as one that is empty where it is", async () => {
      const empty = join(folder, "none");
      mkdirSync(join(empty, "lost+found"), { recursive: true });
      const made = await backedUp(base, claim("runs"), { runs: empty });
      expect(made).toMatchObject({ complete: true });
      expect((await verifyArchive(made.file, passphrase)).checked).toContain(
        "data/runs.tar.gz.age: 0 files of 0 bytes",
      );
    });

    it("is missing where it cannot be read", async () => {
      const made = await backedUp(base, claim("runs"), { runs: join(folder, "nowhere") });
      expect(made.complete).toBe(false);
      expect(made.missing[0]?.why).toMatch(/has failed with exit code [12]: .*nowhere/);
    });
  });
});

it("says so where files have changed while they were copied", async () => {
  const files = join(folder, "files");
  mkdirSync(files);
  writeFileSync(join(files, "growing"), "so far");
  // What GNU's tar says of it, which cannot be brought about at a certain time.
  const tar = `PATH=/usr/bin:/bin; tar "$@"; code=$?`;
  const shadow = shadowOf("tar", `${tar}; case " $* " in *" -cf "*) exit 1 ;; esac; exit $code`);
  const { manifest } = await backedUp("debian", claim("runs"), { runs: files }, [shadow]);
  const note = "some of its files changed while they were copied";
  expect(manifest).toMatchObject({ complete: true });
  expect(manifest.entries).toContainEqual(expect.objectContaining({ note }));
});

function shadowOf(program: string, script: string): string {
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return join(folder, program);
}

async function backedUp(
  base: "alpine" | "debian",
  objects: readonly object[],
  volumes: Readonly<Record<string, string>> = {},
  programs: readonly string[] = clients,
): Promise<BackupResult> {
  const place = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  kubelet = await Kubelet.start(join(folder, "node"), base, programs, volumes, [place, ...objects]);
  const head = { command: "backup", context: "here", startedAt: "2026-01-01T00:00:00.000Z" };
  const journal = new Journal(join(folder, "record.json"), head, silent);
  const file = join(folder, "acme.tar");
  const pace = { pollMs: 50 };
  const making = { file, passphrase, journal, progress: silent, pace, workFactor: 10 };
  return backUp(kubelet.api, { namespace }, making);
}

function claim(name: string): readonly object[] {
  return [
    {
      ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace } },
      spec: { accessModes: ["ReadWriteOnce"] },
      status: { phase: "Bound" },
    },
  ];
}

/** The pod of a server, and the Secret with what is said to be its superuser's password. */
function postgresObjects(postgres: Postgres, password: string): readonly object[] {
  const data = { superuser: Buffer.from(password).toString("base64") };
  const reference = { name: "db", key: "superuser" };
  const container = {
    ...{ name: "postgres", image: "docker.io/library/postgres:15" },
    ports: [{ name: "postgres", containerPort: postgres.port }],
    env: [{ name: "POSTGRES_PASSWORD", valueFrom: { secretKeyRef: reference } }],
    volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
  };
  return [
    ...claim("db"),
    { apiVersion: "v1", kind: "Secret", metadata: { name: "db", namespace }, data },
    {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "db-0", namespace } },
      spec: {
        containers: [container],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "db" } }],
      },
      status: { phase: "Running", podIP: "127.0.0.1" },
    },
  ];
}

/** An entry of an archive, decrypted and unpacked by tar. */
async function unpacked(file: string, path: string, args: readonly string[]): Promise<string> {
  const packed = join(folder, "packed");
  for await (const { name, content } of entriesOf(createReadStream(file))) {
    if (name === path) await pipeline(decrypted(content, passphrase), createWriteStream(packed));
  }
  const back = join(folder, "back");
  mkdirSync(back);
  await succeed("tar", ["-C", back, ...args, packed]);
  return back;
}

/** As the operator does it: the roles, then each database. */
async function restore(file: string, server: Postgres): Promise<void> {
  const dump = await unpacked(file, "data/db.postgres.tar.age", ["-xf"]);
  await server.psql("postgres", [`--file=${join(dump, "globals.sql")}`]);
  const databases = readFileSync(join(dump, "databases"), "utf8").trim().split("\n");
  for (const [index, name] of databases.entries()) {
    if (name === "postgres") continue;
    const env = {
      ...{ PATH: process.env.PATH, PGHOST: "127.0.0.1", PGPORT: String(server.port) },
      ...{ PGUSER: "postgres", PGPASSWORD: Postgres.superuserPassword },
    };
    const args = ["--create", "--exit-on-error", "--dbname=postgres"];
    const program = serverProgram("pg_restore");
    await succeed(program, [...args, join(dump, `${String(index + 1)}.dump`)], { env });
  }
}

async function fingerprint(server: Postgres): Promise<object> {
  const tables = ["app.cases", "app.notes", "app.events", 'app."Odd name, 100%"', "app.empty"];
  const sums = await Promise.all(
    tables.map((table) =>
      server.sql(
        "thunder line",
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM ${table} AS t`,
      ),
    ),
  );
  return {
    sums,
    schema: await server.schema("thunder line"),
    roles: await server.sql(
      "postgres",
      "SELECT string_agg(rolname || coalesce(rolpassword, ''), ',' ORDER BY rolname) FROM pg_authid WHERE rolname !~ '^(pg_|postgres)'",
    ),
    settings: await server.sql(
      "postgres",
      "SELECT string_agg(setconfig::text, ',' ORDER BY setconfig::text) FROM pg_db_role_setting",
    ),
  };
}

function listing(root: string, at = ""): readonly string[] {
  return readdirSync(join(root, at), { withFileTypes: true })
    .flatMap((one): readonly string[] => {
      const path = join(at, one.name);
      if (one.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(root, path))}`];
      const mode = (statSync(join(root, path)).mode & 0o777).toString(8);
      if (one.isDirectory()) return [`${path}/ ${mode}`, ...listing(root, path)];
      const sum = createHash("sha256")
        .update(readFileSync(join(root, path)))
        .digest("hex");
      return [`${path} ${mode} ${sum}`];
    })
    .sort();
}
