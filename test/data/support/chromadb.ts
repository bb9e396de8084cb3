import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Daemon, freePort } from "./daemon";
import { pythonCommand } from "./python";

/** A ChromaDB server, started as the image starts it: with a file that names a folder, and variables. */
export class Chroma {
  #daemon: Daemon | undefined;
  #port = 0;

  /** @param env makes the variables for a port of this machine */
  constructor(
    private readonly folder: string,
    private readonly env: (port: number) => NodeJS.ProcessEnv,
    private readonly heartbeat: string,
  ) {
    mkdirSync(this.work, { recursive: true });
    // The image has this file, with /data.
    writeFileSync(join(folder, "config.yaml"), `persist_path: "${join(folder, "image")}"\n`);
  }

  /** Where it runs: the pod's is a folder that it cannot write to. */
  get work(): string {
    return join(this.folder, "work");
  }

  async start(): Promise<void> {
    const [python, program] = await pythonCommand("chromadb");
    this.#port = await freePort();
    this.#daemon = new Daemon({
      name: "chromadb",
      command: python,
      args: [program, "run", join(this.folder, "config.yaml")],
      cwd: this.work,
      env: this.env(this.#port),
      log: join(this.folder, "chromadb.log"),
    });
    await this.#daemon.until(async () => (await this.status(this.heartbeat)) === 200);
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The status of an answer; 0 without one. */
  async status(path: string): Promise<number> {
    try {
      return (await fetch(`${this.url}${path}`)).status;
    } catch {
      return 0;
    }
  }

  /** Asks for something of the default database; what is refused throws. */
  async ask(method: "DELETE" | "GET" | "POST", path: string, body?: object): Promise<unknown> {
    const root = "/api/v2/tenants/default_tenant/databases/default_database";
    const response = await fetch(`${this.url}${root}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}
