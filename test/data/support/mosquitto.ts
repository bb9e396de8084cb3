import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { runChild } from "../../../cli/process";
import { Daemon, freePort, succeed } from "./daemon";
import { listens } from "./kafka";

/** An MQTT broker that refuses clients without the login. */
export class Mosquitto {
  static readonly user = "telemetry";
  static readonly password = "pass: word #1";
  #daemon: Daemon | undefined;

  private constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  static async start(folder: string): Promise<Mosquitto> {
    mkdirSync(folder, { recursive: true });
    // It gives up being root, and has to reach its folder as another user.
    chmodSync(folder, 0o777);
    const port = await freePort();
    const passwords = join(folder, "passwords");
    const { user, password } = Mosquitto;
    await succeed("mosquitto_passwd", ["-b", "-c", passwords, user, password]);
    chmodSync(passwords, 0o644);
    writeFileSync(
      join(folder, "mosquitto.conf"),
      `listener ${port} 127.0.0.1
allow_anonymous false
password_file ${passwords}
persistence true
persistence_location ${folder}/
max_queued_messages 0
`,
    );
    const broker = new Mosquitto(port, folder);
    await broker.resume();
    return broker;
  }

  async resume(): Promise<void> {
    this.#daemon = new Daemon({
      name: "mosquitto",
      command: "mosquitto",
      args: ["-c", join(this.folder, "mosquitto.conf")],
      // Debian keeps the server beside the administrator's programs.
      env: { PATH: `${process.env.PATH ?? ""}:/usr/sbin` },
      log: join(this.folder, "mosquitto.log"),
    });
    await this.#daemon.until(() => listens(this.port));
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  /** Sends messages, one a line, and waits until the broker has them all. */
  async publish(topic: string, messages: readonly string[]): Promise<void> {
    const { user, password } = Mosquitto;
    const place = ["-h", "127.0.0.1", "-p", String(this.port), "-u", user, "-P", password];
    const { code, stderr } = await runChild(
      "mosquitto_pub",
      [...place, "-q", "1", "-t", topic, "-l"],
      { cwd: this.folder, env: process.env, input: `${messages.join("\n")}\n` },
    );
    if (code !== 0) throw new Error(`mosquitto_pub: ${stderr}`);
  }
}
