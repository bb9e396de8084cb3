/**
 * Proves the rotation of database passwords with a real PostgreSQL server that logs every statement,
 * and with clients that stay connected: the set-up jobs run as the component makes them for each
 * generation. The server is Debian's, not the one of the image; that consumers roll, the cluster tests show.
 */
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run, type RunResult } from "../../cli/toolchain/process";
import type { SecretChoice } from "../../config/blocks";
import { settingsOf } from "../support/settings";
import { succeed } from "./support/daemon";
import { Postgres, serverProgram } from "./support/postgres";
import { writeFiles } from "./support/rendered";
import { firstVersion, reportRun } from "./support/report";
import { Session } from "./support/session";
import { runJob, serverArgs, type SetupJob, setupJob } from "./support/setup-job";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

const secrets = {
  "postgres.superuser-password": Postgres.superuserPassword,
  "postgres.superuser-password-2": "superuserSecond",
  "postgres.superuser-password-3": "superuserThird",
  "postgres.password": "ownerFirst",
  "postgres.password-2": "ownerSecond",
} as const;
const parameters = { log_statement: "all", log_min_duration_statement: "0" };
const settings = { ...settingsOf("dev").thunderline.postgres, parameters };
const { database, user: owner, image } = settings;

interface Rotations {
  readonly password?: SecretChoice;
  readonly superuserPassword?: SecretChoice;
}

let folder: string;
let server: Postgres;

beforeAll(async () => {
  folder = temporaryFolder();
  const version = await firstVersion(serverProgram("postgres"), "--version");
  reportRun("postgres", version, image, "the rotation of the owner's and the superuser's password");
  server = await Postgres.start(join(folder, "postgres"), await serverArgs(settings));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const second = { from: "generated", rotation: 2 } as const;

describe("the owner's next password", () => {
  let session: Session;
  beforeAll(async () => {
    await succeeds(await job({}));
    session = new Session(login(owner, secrets["postgres.password"]));
    await session.ask(
      "CREATE TEMP TABLE mine AS SELECT 42 AS n; PREPARE asked AS SELECT n FROM mine; SELECT 1",
    );
    await succeeds(await job({ password: second }));
  });
  afterAll(() => session.end());

  test("opens the database", async () => {
    expect(await logIn(owner, secrets["postgres.password-2"])).toMatchObject({ code: 0 });
  });

  test("is the only one that does: the one before is refused", async () => {
    const refused = await logIn(owner, secrets["postgres.password"]);
    expect(refused.stderr).toContain("password authentication failed");
  });

  test("leaves a client that is connected with all that its session has", async () => {
    expect(await session.ask("EXECUTE asked")).toBe("42");
    expect(await session.ask("SELECT current_user")).toBe(owner);
  });
});

describe("the superuser's next password", () => {
  const both = { password: second, superuserPassword: second };
  let session: Session;
  beforeAll(async () => {
    session = new Session(login("postgres", secrets["postgres.superuser-password"]));
    await session.ask("PREPARE asked AS SELECT 42; SELECT 1");
    await succeeds(await job(both));
  });
  afterAll(() => session.end());

  test("opens the server, and the one before does not", async () => {
    const [now, before] = [
      await logIn("postgres", secrets["postgres.superuser-password-2"]),
      await logIn("postgres", secrets["postgres.superuser-password"]),
    ];
    expect([now.code, before.code]).toEqual([0, 2]);
    expect(before.stderr).toContain("password authentication failed");
  });

  test("leaves a client that is connected alone", async () => {
    expect(await session.ask("EXECUTE asked")).toBe("42");
  });

  test("may be set again, which changes nothing", async () => {
    const { stdout } = await succeeds(await job(both));
    expect(stdout).not.toContain("has its current password");
    expect(await logIn(owner, secrets["postgres.password-2"])).toMatchObject({ code: 0 });
  });

  test("is found from each generation that is declared, not from the last one alone", async () => {
    await setPassword(
      "postgres",
      secrets["postgres.superuser-password-2"],
      secrets["postgres.superuser-password"],
    );
    await succeeds(await job({ superuserPassword: { from: "generated", rotation: 3 } }));
    expect(await logIn("postgres", secrets["postgres.superuser-password-3"])).toMatchObject({
      code: 0,
    });
    await setPassword(
      "postgres",
      secrets["postgres.superuser-password-3"],
      secrets["postgres.superuser-password-2"],
    );
  });
});

describe("a set-up that is killed in the middle", () => {
  const { "postgres.superuser-password-2": before, "postgres.superuser-password-3": after } =
    secrets;
  const third = {
    password: second,
    superuserPassword: { from: "generated", rotation: 3 },
  } as const;

  test.each([
    ["before the superuser has its password", "superuser.sql", before],
    ["after the superuser has it, and before the owner has", "setup.sql", after],
  ])("%s leaves one that works, and the next run ends well", async (_, at, works) => {
    await setPassword(owner, await current(), secrets["postgres.password"]);
    const made = await job(third);
    const killed = await start(made, { PATH: `${killerOf(at)}:${process.env.PATH ?? ""}` });
    expect(killed.code).not.toBe(0);
    expect(await logIn("postgres", works)).toMatchObject({ code: 0 });
    expect(await logIn(owner, secrets["postgres.password"])).toMatchObject({ code: 0 });
    await succeeds(made);
    expect(await logIn("postgres", after)).toMatchObject({ code: 0 });
    expect(await logIn(owner, secrets["postgres.password-2"])).toMatchObject({ code: 0 });
  });

  /** The superuser's password of now: the cases run one after the other. */
  async function current(): Promise<string> {
    return (await logIn("postgres", before)).code === 0 ? before : after;
  }
});

describe("a set-up none of whose passwords works", () => {
  test("fails and says so, without a password in its words", async () => {
    const made = await job({ superuserPassword: second });
    const wrong = { PGPASSWORD: "wrongNow", EARLIER_PASSWORDS: "wrongBefore" };
    const { code, stdout, stderr } = await start(made, wrong);
    expect(code).toBe(1);
    expect(stderr).toContain("none of the superuser's declared passwords opens the server");
    expect(stderr).toContain("password authentication failed");
    expect(stdout + stderr).not.toMatch(/wrongNow|wrongBefore/);
  });

  test("fails where there is one generation alone", async () => {
    const { code } = await start(await job({}), { PGPASSWORD: "wrongNow" });
    expect(code).not.toBe(0);
  });
});

test("a server that is made after rotations gets the current passwords from its first one", async () => {
  const fresh = await Postgres.start(join(folder, "fresh"));
  try {
    const made = await job({
      password: second,
      superuserPassword: { from: "generated", rotation: 3 },
    });
    await succeeds(made, { PGPORT: String(fresh.port) });
    for (const [user, password] of [
      ["postgres", secrets["postgres.superuser-password-3"]],
      [owner, secrets["postgres.password-2"]],
    ] as const) {
      const env = { ...login(user, password), PGPORT: String(fresh.port) };
      expect(await fresh.psql("postgres", ["-c", "SELECT"], env)).toMatchObject({ code: 0 });
    }
  } finally {
    await fresh.stop();
  }
});

test("no password is in the log of a server that logs every statement and how long it took", () => {
  const log = readFileSync(join(folder, "postgres", "postgres.log"), "utf8");
  expect(log).toContain('statement: CREATE EXTENSION IF NOT EXISTS "citext"');
  expect(log).toContain("ms  statement: SET");
  const values = Object.values(secrets).filter((value) => value !== Postgres.superuserPassword);
  expect(values.filter((value) => log.includes(value))).toEqual([]);
  expect(log).not.toContain("PASSWORD '");
});

/** Runs a job against our server; `more` is said on top of its own variables. */
function start(made: SetupJob, more: Readonly<Record<string, string>> = {}): Promise<RunResult> {
  return runJob(made, { PGPORT: String(server.port), ...more });
}

async function succeeds(
  made: SetupJob,
  more: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  const result = await start(made, more);
  if (result.code !== 0) throw new Error(result.stdout + result.stderr);
  return result;
}

async function job(rotations: Rotations): Promise<SetupJob> {
  return setupJob(folder, { ...settings, ...rotations }, secrets);
}

function login(user: string, password: string): Record<string, string> {
  const where = user === owner ? database : "postgres";
  return {
    PGHOST: "127.0.0.1",
    PGPORT: String(server.port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: where,
  };
}

function logIn(user: string, password: string): Promise<RunResult> {
  const env = { ...process.env, ...login(user, password) };
  return run("psql", ["--no-psqlrc", "--command=SELECT"], { env, timeoutMs: 30_000 });
}

/** Gives a role another password as the superuser, unlogged as in the job. */
async function setPassword(role: string, superuser: string, password: string): Promise<void> {
  const sql = `SET log_statement = 'none'; SET log_min_duration_statement = -1; ALTER ROLE ${role} PASSWORD '${password}'`;
  const env = { ...process.env, ...login("postgres", superuser) };
  const statements = sql.split("; ").map((statement) => `--command=${statement}`);
  await succeed("psql", ["--no-psqlrc", "--quiet", ...statements], { env });
}

/** A folder with a psql that kills the script which runs it, instead of running a file. */
function killerOf(file: string): string {
  const place = join(folder, `killer-${file}`);
  writeFiles(place, {
    psql: `#!/bin/sh\ncase "$*" in *${file}*) kill -9 $PPID; exit 1 ;; esac\nexec /usr/bin/psql "$@"\n`,
  });
  chmodSync(join(place, "psql"), 0o755);
  return place;
}
