import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { parseDocument } from "yaml";

import { clusterPaths, deleteCluster, kubectl } from "../../../cli/cluster";
import { ensureToolchain } from "../../../cli/toolchain";
import { openWorkspace, type Workspace } from "../../../cli/workspace";
import { until } from "./until";

const repository = resolve(__dirname, "../../..");
const notCopied = [".git", ".platform", "node_modules", "test", "coverage", "rendered"];
export const systems = ["thunderline", "faultmaven", "philotes", "telemetry"] as const;

export type System = (typeof systems)[number];

/** How a command ended, and all that it wrote. */
export interface Ended {
  /** 137 where it was killed. */
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

/** A command that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** What it has written so far. */
  output(): string;
  /** Waits until something is so while it runs, and fails where it ends before that. */
  until(isSo: () => boolean): Promise<void>;
  /** Kills it with all that it has started: npm, our command, pulumi, the program, the providers. */
  kill(): Promise<Ended>;
  /** Kills our command alone, as an out-of-memory killer may; what it has started goes on. */
  killAlone(): Promise<void>;
}

/**
 * A copy of the program in a folder of its own, with a stack file and an embedded cluster of its own, in
 * which commands run as somebody types them.
 */
export class Checkout {
  // The same name for everybody: where the folder for temporary files is a link, a process sees another.
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "platform-proof-")));
  readonly workspace: Workspace;
  readonly #tmp = join(this.folder, "tmp");
  readonly #running = new Set<ChildProcess>();

  /** @param on the systems that the stack has; the others are switched off */
  constructor(
    on: readonly System[],
    readonly stack: "dev" | "prod" = "dev",
  ) {
    for (const name of readdirSync(repository)) {
      if (notCopied.includes(name)) continue;
      cpSync(join(repository, name), join(this.folder, name), { recursive: true });
    }
    mkdirSync(this.#tmp);
    symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"), "dir");
    // Older than the packages, which are there: no command is to install any through the link.
    utimesSync(join(this.folder, "package-lock.json"), 0, 0);
    for (const system of systems) {
      if (!on.includes(system)) this.set([system], { enabled: false, data: "discard" });
    }
    this.workspace = openWorkspace({
      repository: this.folder,
      base: join(this.folder, ".platform"),
    });
  }

  /** Writes a setting into the stack file. */
  set([part, ...path]: readonly [string, ...string[]], value: unknown): void {
    const file = join(this.folder, `Pulumi.${this.stack}.yaml`);
    const document = parseDocument(readFileSync(file, "utf8"));
    document.setIn(["config", `platform:${part}`, ...path], document.createNode(value));
    writeFileSync(file, document.toString({ lineWidth: 0 }));
  }

  /** Starts `npm run COMMAND -- --stack STACK …`. */
  start(command: string, ...args: readonly string[]): Running {
    return this.#spawn("npm", ["run", "--silent", command, "--", "--stack", this.stack, ...args]);
  }

  /** The same, to its end. */
  run(command: string, ...args: readonly string[]): Promise<Ended> {
    return this.start(command, ...args).ended;
  }

  /** The same, and fails with all that it wrote where it does not succeed. */
  async succeed(command: string, ...args: readonly string[]): Promise<Ended> {
    const ended = await this.run(command, ...args);
    if (ended.code === 0) return ended;
    throw new Error(`npm run ${command} ended with ${String(ended.code)}:\n${ended.output}`);
  }

  /** A line of a shell, as somebody types it in this folder. */
  type(line: string): Promise<Ended> {
    return this.#spawn("bash", ["-c", line]).ended;
  }

  async kubectl(...args: readonly string[]): Promise<string> {
    const tools = await ensureToolchain();
    return kubectl(tools.kubectl, clusterPaths(this.workspace, this.stack), args);
  }

  /** Stops what still runs and removes everything. */
  async end(): Promise<void> {
    for (const child of this.#running) killTree(child.pid ?? 0);
    await deleteCluster(this.workspace, await ensureToolchain(), this.stack);
    // A provider that has just been killed may have had a file open.
    rmSync(this.folder, { recursive: true, maxRetries: 10, retryDelay: 100 });
  }

  #spawn(program: string, args: readonly string[]): Running {
    const started = Date.now();
    // Its own folder, whatever the one who runs the tests has said.
    const env = { ...process.env, PLATFORM_DIR: "", TMPDIR: this.#tmp };
    const child = spawn(program, args, {
      cwd: this.folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running.add(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const ended = new Promise<Ended>((settle, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        this.#running.delete(child);
        settle({ code: code ?? 137, output, seconds: (Date.now() - started) / 1000 });
      });
    });
    return {
      ended,
      output: () => output,
      until: (isSo) =>
        until(() => {
          if (this.#running.has(child)) return isSo();
          throw new Error(`It ended before that:\n${output}`);
        }),
      kill: () => {
        killTree(child.pid ?? 0);
        return ended;
      },
      killAlone: async () => {
        const [command] = descendants(child.pid ?? 0, /^node .*platform\.mjs/);
        if (command === undefined) throw new Error(`There is no command to kill:\n${output}`);
        process.kill(command, "SIGKILL");
        while (existsSync(`/proc/${String(command)}/exe`)) await sleep(20);
      },
    };
  }
}

/** A process before those that it has started, so that none of them sees another one die first. */
function killTree(root: number): void {
  for (const pid of [root, ...descendants(root)]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}

/** What a process has started, itself or by others, by their command lines. */
function descendants(root: number, command = /./): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row))
    .filter((row) => row !== null)
    .map(([, pid, parent, args = ""]) => ({ pid: Number(pid), parent: Number(parent), args }));
  const below = (parent: number): typeof rows =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  return below(root)
    .filter(({ args }) => command.test(args))
    .map(({ pid }) => pid);
}
