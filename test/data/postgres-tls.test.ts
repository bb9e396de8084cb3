/**
 * Proves PostgreSQL with TLS as telemetry's pods have it: a real server starts with their arguments and
 * a key file as a Secret volume gives it, and the set-up of the database runs over TLS. The certificate
 * is a self-signed one, not cert-manager's; who signed it is not verified, here as there.
 */
import { chmodSync, chownSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run, type RunResult } from "../../cli/toolchain/process";
import { requireProgram, succeed } from "./support/daemon";
import { Postgres, serverProgram, unprivilegedUser } from "./support/postgres";
import { allReplaced, containerOf, environmentOf, rendered, writeFiles } from "./support/rendered";
import { firstVersion, reportRun } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

const server = rendered("prod", "timescaledb", "StatefulSet", "timescaledb");
const container = containerOf(server);
const setup = containerOf(rendered("prod", "heatpump-settings", "Job", "postgres-setup"));
const password = 'it\'s "secret"';
const environment = environmentOf(setup, {
  "postgres-credentials.password": password,
  "postgres-credentials.superuser-password": Postgres.superuserPassword,
});
const { DATABASE_NAME: database = "", DATABASE_USER: owner = "" } = environment;

let folder: string;
let postgres: Postgres;

beforeAll(async () => {
  await requireProgram("openssl", "openssl");
  reportRun(
    "postgres",
    await firstVersion(serverProgram("postgres"), "--version"),
    `${container.image ?? ""} and ${setup.image ?? ""}`,
    "arguments for TLS, and the set-up over it; TimescaleDB itself is unproven",
  );
  folder = temporaryFolder();
  await makeCertificate(join(folder, "tls"));
  const { data } = rendered("prod", "heatpump-settings", "ConfigMap", "postgres-setup");
  writeFiles(join(folder, "setup"), data);
  postgres = await Postgres.start(
    join(folder, "postgres"),
    allReplaced(container.args ?? [], { "=/tls/": `=${folder}/tls/` }),
  );
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

test("serves a client that insists on TLS", async () => {
  const asked = await ask("postgres", encrypted, { PGSSLMODE: "require" });
  expect(asked).toMatchObject({ code: 0, stdout: "t\n" });
});

test("is set up over TLS, as often as is asked for", async () => {
  expect(environment).toMatchObject({ PGSSLMODE: "require" });
  expect(await setUp()).toMatchObject({ code: 0, stderr: "" });
  expect(await setUp()).toMatchObject({ code: 0, stderr: "" });
  const made = `SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = '${database}'`;
  expect(await postgres.rows("postgres", made)).toEqual([{ owner }]);
});

test("lets the owner that was made into its database over TLS", async () => {
  const login = { PGUSER: owner, PGPASSWORD: password, PGSSLMODE: "require" };
  const asked = await ask(database, `CREATE TABLE own (); ${encrypted}`, login);
  expect(asked).toMatchObject({ code: 0, stdout: "t\n", stderr: "" });
});

test("lets the owner in with its password alone", async () => {
  const login = { PGUSER: owner, PGPASSWORD: "another", PGSSLMODE: "require" };
  expect((await ask(database, encrypted, login)).stderr).toContain("authentication failed");
});

function ask(where: string, sql: string, env: NodeJS.ProcessEnv): Promise<RunResult> {
  return postgres.psql(where, ["-At", "-c", sql], env);
}

/** The job's command with its variables; the address alone is ours. */
function setUp(): Promise<RunResult> {
  const [program = "", ...args] = allReplaced(setup.command ?? [], {
    "=/setup/": `=${folder}/setup/`,
  });
  const address = { PGHOST: "127.0.0.1", PGPORT: String(postgres.port) };
  return run(program, args, { env: { ...process.env, ...environment, ...address } });
}

/** As a Secret volume has it: root's, for the group of the pod, with the volume's mode. */
async function makeCertificate(to: string): Promise<void> {
  mkdirSync(to);
  const [certificate, key] = [join(to, "tls.crt"), join(to, "tls.key")];
  const algorithm = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const subject = ["-subj", "/CN=timescaledb", "-days", "1"];
  await succeed("openssl", [
    ...["req", "-x509", ...algorithm, ...subject],
    ...["-keyout", key, "-out", certificate],
  ]);
  const user = await unprivilegedUser();
  // Only root can give files away; a key that the server owns must be readable by nobody else.
  if (user !== undefined) {
    for (const file of [certificate, key]) chownSync(file, 0, user.gid);
  }
  chmodSync(key, user === undefined ? 0o400 : volumeMode());
}

function volumeMode(): number {
  const volumes = server.spec.template.spec.volumes;
  const mode = volumes.find(({ name }) => name === "timescaledb-tls")?.secret.defaultMode;
  if (mode === undefined) throw new Error("no mode for the volume with the key");
  return mode;
}
