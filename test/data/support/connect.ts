import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { ensureItems } from "../../../cli/toolchain";
import { redpandaConnect } from "../../../cli/toolchain/data-tools";
import { run, type RunResult } from "../../../cli/toolchain/process";
import { streamArguments } from "../../../components/systems/telemetry/streams";
import { Daemon, freePort, succeed } from "./daemon";

type Files = Readonly<Record<string, string>>;

/** A message of a Kafka topic. */
export interface KafkaMessage {
  readonly key: string | null;
  readonly reason: string | null;
  readonly reader: string | null;
  readonly value: string;
}

/** Redpanda Connect with files exactly as they are generated; only the port of its HTTP server is another. */
export class Connect {
  #daemon: Daemon | undefined;
  #port = 0;

  private constructor(
    private readonly program: string,
    private readonly name: string,
    private readonly folder: string,
    private readonly files: Files,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async prepare(
    name: string,
    folder: string,
    files: Files,
    env: NodeJS.ProcessEnv,
  ): Promise<Connect> {
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return new Connect(await connectProgram(), name, folder, files, env);
  }

  /** Starts it, and waits until all of its streams are connected. */
  async start(): Promise<this> {
    this.#port = await freePort();
    const [streams, ...others] = streamArguments(this.files, this.folder);
    this.#daemon = new Daemon({
      name: this.name,
      command: this.program,
      args: [streams ?? "", "--set", `http.address=127.0.0.1:${this.#port}`, ...others],
      env: this.env,
      log: join(this.folder, "connect.log"),
    });
    await this.#daemon.until(() => this.answers("/ready"));
    // It is ready when it is connected; the subscription to MQTT topics follows.
    await sleep(1000);
    return this;
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  async answers(path: string): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.#port}${path}`)).ok;
    } catch {
      return false;
    }
  }

  /** What it tells Prometheus: a line for each series. */
  async metrics(): Promise<string[]> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/metrics`);
    return (await response.text()).split("\n");
  }

  /** Checks the files without running them. */
  lint(): Promise<RunResult> {
    const names = Object.keys(this.files).map((file) => join(this.folder, file));
    return run(this.program, ["lint", "--deprecated", ...names], {
      env: { ...process.env, ...this.env },
    });
  }
}

/** All that a topic holds now. */
export async function readTopic(brokers: string, topic: string): Promise<KafkaMessage[]> {
  const config = {
    http: { enabled: false },
    logger: { level: "NONE" },
    input: {
      read_until: {
        idle_timeout: "3s",
        input: {
          kafka_franz: { seed_brokers: [brokers], topics: [topic], consumer_group: "" },
        },
      },
    },
    output: {
      stdout: {},
      processors: [
        {
          mapping:
            'root = {"key": @kafka_key.string().catch(null), "reason": @reason, "reader": @reader, "value": content().string()}',
        },
      ],
    },
  };
  return (await runOnce(config))
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as KafkaMessage);
}

/** Puts messages into a topic as they are. */
export async function writeTopic(
  brokers: string,
  topic: string,
  key: string,
  messages: readonly string[],
): Promise<void> {
  const config = {
    http: { enabled: false },
    logger: { level: "NONE" },
    input: {
      generate: {
        count: messages.length,
        interval: "",
        mapping: `root = ${JSON.stringify(messages)}.index(count("messages") - 1)`,
      },
    },
    output: { kafka_franz: { seed_brokers: [brokers], topic, key, max_in_flight: 1 } },
  };
  await runOnce(config);
}

/** Runs a stream that ends by itself; gives what it wrote. */
async function runOnce(config: object): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "platform-data-once-"));
  try {
    const file = join(folder, "stream.json");
    writeFileSync(file, JSON.stringify(config));
    return (await succeed(await connectProgram(), ["run", file])).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function connectProgram(): Promise<string> {
  const located = await ensureItems([redpandaConnect]);
  const program = located.get(redpandaConnect)?.get("redpanda-connect");
  if (program === undefined) throw new Error("redpanda-connect was not set up");
  return program;
}
