import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ensureItems } from "../../../cli/toolchain";
import { otelcol } from "../../../cli/toolchain/data-tools";
import { Daemon } from "./daemon";

export async function collectorProgram(): Promise<string> {
  const located = await ensureItems([otelcol]);
  const program = located.get(otelcol)?.get("otelcol");
  if (program === undefined) throw new Error("otelcol was not set up");
  return program;
}

export interface CollectorOptions {
  readonly name: string;
  readonly folder: string;
  /** The whole file of settings. */
  readonly config: string;
  /** What it is started with, when the file is in this folder. */
  readonly args: (folder: string) => readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** An OpenTelemetry collector; whether it is ready, the caller has to ask. */
export class Collector {
  private constructor(
    readonly daemon: Daemon,
    private readonly log: string,
  ) {}

  static async start({ name, folder, config, args, env }: CollectorOptions): Promise<Collector> {
    const program = await collectorProgram();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "collector-config.yaml"), config);
    const log = join(folder, "collector.log");
    const options = { name, command: program, args: args(folder), log };
    return new Collector(new Daemon({ ...options, ...(env === undefined ? {} : { env }) }), log);
  }

  /** How many of these its debug exporter has told of in all. */
  shown(what: "spans" | "data points"): number {
    const counts = readFileSync(this.log, "utf8").matchAll(new RegExp(`"${what}": (\\d+)`, "g"));
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  get output(): string {
    return readFileSync(this.log, "utf8");
  }
}

/** A trace of so many spans, as OTLP has it in JSON. */
export function trace(spans: number): object {
  const start = 1_700_000_000_000_000_000n;
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "thunderline" } }] },
        scopeSpans: [
          {
            spans: Array.from({ length: spans }, (_, index) => ({
              traceId: "5b8efff798038103d269b633813fc60c",
              spanId: String(index + 1).padStart(16, "0"),
              name: `span ${index}`,
              kind: 1,
              startTimeUnixNano: String(start),
              endTimeUnixNano: String(start + 1_000_000n),
            })),
          },
        ],
      },
    ],
  };
}

/** A gauge with so many measurements, as OTLP has it in JSON. */
export function gauge(points: number): object {
  const dataPoints = Array.from({ length: points }, (_, index) => ({
    timeUnixNano: String(1_700_000_000_000_000_000n + BigInt(index)),
    asDouble: index,
  }));
  return {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "queue", gauge: { dataPoints } }] }] }],
  };
}
