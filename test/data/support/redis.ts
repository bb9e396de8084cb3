import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { run, type RunResult } from "../../../cli/toolchain/process";
import { Daemon, freePort, requireProgram, succeed } from "./daemon";

/** A Redis server with a password and an append-only file, as the pod has. */
export class Redis {
  static readonly password = "pass: word #1";
  #daemon: Daemon | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(folder: string): Promise<Redis> {
    await requireProgram("redis-server", "redis-server");
    mkdirSync(folder, { recursive: true });
    const server = new Redis(await freePort(), folder);
    await server.resume();
    return server;
  }

  async resume(): Promise<void> {
    this.#daemon = new Daemon({
      name: "redis",
      command: "redis-server",
      args: [
        ...["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder],
        ...["--requirepass", Redis.password, "--appendonly", "yes", "--save", ""],
        ...["--enable-debug-command", "local"],
        // Clients that copy the data would wait for others five seconds.
        ...["--repl-diskless-sync-delay", "0"],
      ],
      log: join(this.folder, "redis.log"),
    });
    await this.#daemon.until(async () => (await this.try("ping")).stdout === "PONG\n");
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop();
  }

  /** One command; it throws when it fails. */
  async ask(...command: readonly string[]): Promise<string> {
    const { stdout } = await succeed("redis-cli", this.args(command), { env: this.environment });
    return stdout.trim();
  }

  private try(...command: readonly string[]): Promise<RunResult> {
    return run("redis-cli", this.args(command), { env: this.environment, timeoutMs: 10_000 });
  }

  private args(command: readonly string[]): readonly string[] {
    return ["-e", "-p", String(this.port), ...command];
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ...process.env, REDISCLI_AUTH: Redis.password };
  }
}
