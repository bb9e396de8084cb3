import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

import { run, type RunResult } from "../../../cli/toolchain/process";
import { Daemon, freePort, succeed } from "./daemon";
import { kafkaJars } from "./jars";

/** One broker that is its own controller. */
export class Kafka {
  #daemon: Daemon | undefined;

  private constructor(
    readonly brokers: string,
    /** The folder with `kafka-topics.sh` and `kafka-configs.sh`, as the image has them. */
    readonly tools: string,
    private readonly jars: string,
    private readonly folder: string,
  ) {}

  static async start(folder: string): Promise<Kafka> {
    const jars = await kafkaJars();
    const [port, controller] = [await freePort(), await freePort()];
    const tools = join(folder, "bin");
    mkdirSync(tools, { recursive: true });
    writeTool(tools, "kafka-topics.sh", jars, "org.apache.kafka.tools.TopicCommand");
    writeTool(tools, "kafka-configs.sh", jars, "kafka.admin.ConfigCommand");
    const properties = join(folder, "server.properties");
    writeFileSync(properties, settings(port, controller, join(folder, "data")));
    const cluster = "MkU3OEVBNTcwNTJENDM2Qk";
    const format = ["format", "-t", cluster, "-c", properties];
    await succeed("java", [...java(jars), "kafka.tools.StorageTool", ...format]);
    const kafka = new Kafka(`127.0.0.1:${port}`, tools, jars, folder);
    await kafka.resume();
    return kafka;
  }

  /** Starts the broker again with what it has on disk. */
  async resume(): Promise<void> {
    this.#daemon = new Daemon({
      name: "kafka",
      command: "java",
      args: [...java(this.jars), "-Xmx512m", "kafka.Kafka", join(this.folder, "server.properties")],
      log: join(this.folder, "kafka.log"),
    });
    await this.#daemon.until(() => listens(Number(this.brokers.split(":")[1])));
  }

  async stop(signal?: NodeJS.Signals): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  /** Runs a script of ours with the tools, as the job does. */
  script(text: string): Promise<RunResult> {
    const file = join(this.folder, "topics.sh");
    writeFileSync(file, text);
    const env = { ...process.env, KAFKA_BROKERS: this.brokers, KAFKA_TOOLS: this.tools };
    return run("sh", [file], { env, timeoutMs: 180_000 });
  }
}

function java(jars: string): string[] {
  const quick = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
  return [...quick, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", `${jars}/*`];
}

function writeTool(folder: string, name: string, jars: string, main: string): void {
  const args = java(jars).map((arg) => `'${arg}'`);
  writeFileSync(join(folder, name), `#!/bin/sh\nexec java ${args.join(" ")} ${main} "$@"\n`, {
    mode: 0o755,
  });
}

function settings(port: number, controller: number, data: string): string {
  return `process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:${controller}
log.dirs=${data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
`;
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => {
      end(true);
    });
    socket.on("error", () => {
      end(false);
    });
  });
}
