import { spawn } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { freePorts } from "../cluster/ports";
import { UserError } from "../errors";
import { run } from "../toolchain/process";

/** Where Debian's packages put each version of the server. */
const installed = "/usr/lib/postgresql";

interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Does something with a PostgreSQL server of its own on the loopback interface, which ends with it.
 * Gives the address of an empty database in it. What is written is synced to the disk, as a server
 * that is to be relied on does.
 */
export async function withPostgres<T>(work: (address: string) => Promise<T>): Promise<T> {
  const programs = newestServer();
  const user = await unprivileged();
  // The workspace's own folders are closed to other users.
  const folder = mkdtempSync(join(tmpdir(), "platform-bench-postgres-"));
  const data = join(folder, "data");
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const [port = 0] = await freePorts(1);
  const logFile = join(folder, "log");
  const log = openSync(logFile, "a");
  const start = (program: string, args: readonly string[]) =>
    spawn(join(programs, program), args, { cwd: folder, stdio: ["ignore", log, log], ...user });

  const made = start("initdb", ["-D", data, "-U", "pulumi", "-A", "trust", "-E", "UTF8"]);
  await new Promise((resolve) => made.once("exit", resolve));
  const settings = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${folder}`,
  ];
  const server = start("postgres", ["-D", data, ...settings.flatMap((one) => ["-c", one])]);
  const ended = new Promise((resolve) => server.once("exit", resolve));
  try {
    const address = ["--host=127.0.0.1", `--port=${port}`, "--username=pulumi"];
    for (let tries = 0; ; tries += 1) {
      const { code, stderr } = await run(join(programs, "createdb"), [...address, "pulumi"]);
      if (code === 0) break;
      if (tries > 100) {
        throw new Error(`PostgreSQL does not start: ${stderr}${readFileSync(logFile, "utf8")}`);
      }
      await sleep(100);
    }
    return await work(`postgres://pulumi@127.0.0.1:${port}/pulumi?sslmode=disable`);
  } finally {
    server.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function newestServer(): string {
  const versions = existsSync(installed) ? readdirSync(installed).map(Number) : [];
  if (versions.length > 0) return join(installed, String(Math.max(...versions)), "bin");
  throw new UserError(
    "There is no PostgreSQL server on this machine.",
    "Install one (apt-get install postgresql), or leave this out with --only.",
  );
}

/** PostgreSQL refuses to be root. */
async function unprivileged(): Promise<User> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
