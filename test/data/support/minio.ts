import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ensureItems } from "../../../cli/toolchain";
import { minio, minioClient } from "../../../cli/toolchain/data-tools";
import { bucketPolicy } from "../../../components/services/object-store";
import type { Container } from "../../support/manifests";
import { Daemon, freePort, succeed } from "./daemon";
import { allReplaced, environmentOf } from "./rendered";

/** Server and client, built from their modules. */
export async function minioPrograms(): Promise<{ server: string; client: string }> {
  const located = await ensureItems([minioClient, minio]);
  return {
    server: located.get(minio)?.get("minio") ?? "minio",
    client: located.get(minioClient)?.get("mc") ?? "mc",
  };
}

/** The server of a pod, with its own arguments and variables; the address and the folders are ours. */
export async function startContainer(
  container: Container,
  at: { server: string; folder: string; address: string },
  secrets: Readonly<Record<string, string>>,
): Promise<Daemon> {
  const { server, folder, address } = at;
  mkdirSync(join(folder, "tmp"), { recursive: true });
  const daemon = new Daemon({
    name: "minio",
    command: server,
    args: [
      ...allReplaced(container.args ?? [], { "/data": join(folder, "data") }),
      ...["--address", address],
    ],
    env: allReplaced(environmentOf(container, secrets), { "/tmp": join(folder, "tmp") }),
    log: join(folder, "minio.log"),
  });
  await ready(daemon, `http://${address}${container.readinessProbe?.httpGet?.path ?? ""}`);
  return daemon;
}

function ready(daemon: Daemon, url: string): Promise<void> {
  return daemon.until(async () => {
    try {
      return (await fetch(url)).ok;
    } catch {
      return false;
    }
  });
}

/** A MinIO server and its client, with one user who may do anything. */
export class Minio {
  static readonly user = "root";
  static readonly password = "0123456789abcdefghijklmnopqrstuvwxyzABCD";

  private constructor(
    private readonly folder: string,
    readonly port: number,
    readonly client: string,
    private readonly daemon: Daemon,
  ) {}

  static async start(folder: string): Promise<Minio> {
    const programs = await minioPrograms();
    const port = await freePort();
    mkdirSync(folder, { recursive: true });
    const daemon = new Daemon({
      name: "minio",
      command: programs.server,
      args: ["server", join(folder, "data"), "--address", `127.0.0.1:${String(port)}`],
      env: {
        HOME: folder,
        MINIO_BROWSER: "off",
        MINIO_ROOT_USER: Minio.user,
        MINIO_ROOT_PASSWORD: Minio.password,
      },
      log: join(folder, "minio.log"),
    });
    await ready(daemon, `http://127.0.0.1:${String(port)}/minio/health/ready`);
    return new Minio(folder, port, programs.client, daemon);
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
  }

  /** The address for a client. */
  host(password = Minio.password, port = this.port, user = Minio.user): string {
    return `http://${user}:${password}@127.0.0.1:${String(port)}`;
  }

  /** A bucket, and the address for somebody who may do there what our access keys may, and nothing else. */
  async bucket(name: string): Promise<string> {
    const [user, password] = [`user-${name}`, "ABCDabcdefghijklmnopqrstuvwxyz+/456789"];
    const policy = join(this.folder, `${name}.json`);
    writeFileSync(policy, bucketPolicy(name));
    await this.ask("mb", `it/${name}`);
    await this.ask("admin", "policy", "create", "it", name, policy);
    await this.ask("admin", "user", "add", "it", user, password);
    await this.ask("admin", "policy", "attach", "it", name, "--user", user);
    return this.host(password, this.port, user);
  }

  /** One command of the client, to which the server is `it`; what fails throws. */
  async ask(...args: readonly string[]): Promise<string> {
    const { stdout } = await succeed(this.client, ["--quiet", ...args], {
      env: { ...process.env, MC_HOST_it: this.host(), MC_CONFIG_DIR: join(this.folder, "client") },
    });
    return stdout;
  }

  /** All objects of a bucket, with checksums, fetched anew. */
  async content(bucket: string): Promise<string> {
    const copy = join(this.folder, `content-${String(this.#copies++)}`);
    mkdirSync(copy);
    await this.ask("cp", "--recursive", `it/${bucket}/`, copy).catch(() => "");
    return (
      await succeed("sh", [
        "-c",
        `cd '${copy}' && find . -type f -print0 | sort -z | xargs -0 -r sha256sum; rm -r '${copy}'`,
      ])
    ).stdout;
  }

  #copies = 0;
}
