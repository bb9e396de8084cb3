import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { run, type RunResult } from "../../../cli/toolchain/process";
import { Daemon, freePort, succeed } from "./daemon";

const superuser = "postgres";

/** Where Debian's packages are. */
const debian = "/usr";

/**
 * Stands in for TimescaleDB, which is not to be had here: its functions exist, remember what they were
 * asked for, and change no table.
 */
const timescaleShim = `
CREATE TABLE shim_calls (call text PRIMARY KEY);
CREATE FUNCTION create_hypertable(relation regclass, time_column name, create_default_indexes boolean)
  RETURNS void LANGUAGE sql SECURITY DEFINER AS
  $$ INSERT INTO shim_calls VALUES (format('hypertable %s by %s', relation, time_column)) $$;
CREATE FUNCTION remove_retention_policy(relation regclass, if_exists boolean)
  RETURNS void LANGUAGE sql SECURITY DEFINER AS
  $$ DELETE FROM shim_calls WHERE call LIKE format('retention %s %%', relation) $$;
CREATE FUNCTION add_retention_policy(relation regclass, drop_after interval)
  RETURNS void LANGUAGE sql SECURITY DEFINER AS
  $$ INSERT INTO shim_calls VALUES (format('retention %s %s', relation, drop_after)) $$;
`;

/** A PostgreSQL server with one owner for all databases of a test. */
export class Postgres {
  static readonly owner = "telemetry";
  static readonly password = "owner";
  static readonly superuserPassword = "superuser";
  #daemon: Daemon | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly user: { uid: number; gid: number } | undefined,
    private readonly args: readonly string[],
    private readonly root: string,
  ) {}

  /** With the arguments of a pod, if there are any, and from another folder than Debian's. */
  static async start(
    folder: string,
    args: readonly string[] = [],
    root = debian,
  ): Promise<Postgres> {
    mkdirSync(folder, { recursive: true });
    const user = await unprivilegedUser();
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const server = new Postgres(await freePort(), folder, user, args, root);
    await server.init();
    await server.resume();
    return server;
  }

  async resume(): Promise<void> {
    const settings = [`port=${this.port}`, "listen_addresses=127.0.0.1", "timezone=UTC"];
    const sockets = `unix_socket_directories=${this.folder}`;
    this.#daemon = new Daemon({
      name: "postgres",
      command: serverProgram("postgres", this.root),
      args: [
        "-D",
        this.data,
        ...this.args,
        ...[...settings, sockets].flatMap((one) => ["-c", one]),
      ],
      log: join(this.folder, "postgres.log"),
      ...(this.user === undefined ? {} : { user: this.user }),
    });
    await this.#daemon.until(
      async () => (await this.psql("postgres", ["-c", "SELECT"])).code === 0,
    );
  }

  /** SIGINT is its fast shutdown, SIGQUIT that of a crash. */
  async stop(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  /** Makes an owner and a database of it, as the set-up job does, with the stand-in where it is asked for. */
  async createDatabase(name: string, timescale: boolean): Promise<void> {
    const { owner, password } = Postgres;
    const statements = [
      `DO $$ BEGIN CREATE ROLE ${owner} LOGIN PASSWORD '${password}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
      `CREATE DATABASE "${name}" OWNER ${owner}`,
    ];
    for (const sql of statements) await this.sql("postgres", sql);
    if (timescale) await this.sql(name, timescaleShim);
  }

  /** The address of a database for its owner. */
  dsn(database: string): string {
    const { owner, password } = Postgres;
    return `postgres://${owner}:${password}@127.0.0.1:${this.port}/${database}?sslmode=disable`;
  }

  /** Runs `migrate.sql` among its files as the owner, as the job does. */
  migrate(database: string, files: Readonly<Record<string, string>>): Promise<RunResult> {
    const folder = join(this.folder, `sql-${database}-${String(this.#migrations++)}`);
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return this.psql(database, [`--file=${folder}/migrate.sql`], {
      PGUSER: Postgres.owner,
      PGPASSWORD: Postgres.password,
    });
  }

  #migrations = 0;

  /** Statements of the superuser; they throw when they fail. */
  async sql(database: string, sql: string): Promise<string> {
    const result = await this.psql(database, ["-At", "-v", "ON_ERROR_STOP=1", "-c", sql]);
    if (result.code !== 0) throw new Error(result.stderr);
    return result.stdout.trim();
  }

  async rows<Row>(database: string, sql: string): Promise<Row[]> {
    const text = await this.sql(database, `SELECT coalesce(json_agg(t), '[]') FROM (${sql}) AS t`);
    return JSON.parse(text) as Row[];
  }

  /** A database's schema with owners and rights, as pg_dump writes it. */
  async schema(database: string): Promise<string> {
    const { stdout } = await succeed(serverProgram("pg_dump"), ["--schema-only"], {
      env: this.environment(database),
    });
    // Newer ones put a random key around what they write.
    return stdout.replace(/^\\(un)?restrict .*$/gm, "");
  }

  psql(database: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    return run("psql", ["--no-psqlrc", "--quiet", ...args], {
      env: { ...this.environment(database), ...env },
      timeoutMs: 60_000,
    });
  }

  private environment(database: string): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PGHOST: "127.0.0.1",
      PGPORT: String(this.port),
      PGUSER: superuser,
      PGPASSWORD: Postgres.superuserPassword,
      PGDATABASE: database,
    };
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private async init(): Promise<void> {
    const passwords = join(this.folder, "password");
    writeFileSync(passwords, Postgres.superuserPassword);
    chmodSync(passwords, 0o644);
    const args = ["-D", this.data, "-U", superuser, "-A", "scram-sha-256", `--pwfile=${passwords}`];
    const daemon = new Daemon({
      name: "initdb",
      command: serverProgram("initdb", this.root),
      args: [...args, "--no-sync", "--encoding=UTF8", "--locale=C"],
      log: join(this.folder, "initdb.log"),
      ...(this.user === undefined ? {} : { user: this.user }),
    });
    await daemon.until(async () => existsSync(join(this.data, "pg_hba.conf")));
    await daemon.ended;
  }
}

/** A program of the newest server that Debian's packages have put on this machine. */
export function serverProgram(name: string, root = debian): string {
  const folder = join(root, "lib", "postgresql");
  const versions = existsSync(folder) ? readdirSync(folder).map(Number) : [];
  if (versions.length === 0) throw new Error("no PostgreSQL server: apt-get install postgresql");
  return join(folder, String(Math.max(...versions)), "bin", name);
}

/** The user to run the server as: PostgreSQL refuses to be root. */
export async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string): Promise<number> =>
    Number((await succeed("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
