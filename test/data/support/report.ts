import { ensureItems } from "../../../cli/toolchain";
import { redpandaConnect } from "../../../cli/toolchain/data-tools";
import { run } from "../../../cli/toolchain/process";
import { telemetryProfile } from "../../../config/profiles/telemetry";
import { kafkaVersion } from "./jars";
import { serverProgram } from "./postgres";

const { connect, kafka, timescaledb, heatpumpSettings } = telemetryProfile("prod");

/** What the pods run by default; without one the server is somebody else's. */
const images = {
  "redpanda-connect": connect.image,
  kafka: kafka.image,
  postgres: `${timescaledb.postgres.image} and ${heatpumpSettings.postgres.image}`,
  mosquitto: "none of ours",
} as const;

type Program = keyof typeof images;

/** Says with which versions the tests that follow are done, and which ones the pods have. */
export async function reportVersions(programs: readonly Program[]): Promise<void> {
  const lines: string[] = [];
  for (const program of programs) {
    lines.push(`${program}: ran ${await versionOf(program)}, image ${images[program]}`);
  }
  if (programs.includes("postgres")) {
    lines.push("TimescaleDB: a stand-in ran; hypertables and retention are unproven");
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Says what the tests that follow verify of a pod, with which version, and which image the pod has. */
export function reportRun(
  program: string,
  version: string,
  image: string | undefined,
  verified: string,
): void {
  process.stdout.write(`${program}: ran ${version}, image ${image ?? "unknown"}; ${verified}\n`);
}

async function versionOf(program: Program): Promise<string> {
  switch (program) {
    case "kafka":
      return kafkaVersion();
    case "redpanda-connect": {
      const located = await ensureItems([redpandaConnect]);
      return firstVersion(located.get(redpandaConnect)?.get(program) ?? program, "--version");
    }
    case "postgres":
      return firstVersion(serverProgram("postgres"), "--version");
    case "mosquitto":
      return firstVersion("/usr/sbin/mosquitto", "-h");
  }
}

/** The first version in what a program says. */
export async function firstVersion(command: string, question: string): Promise<string> {
  const { stdout, stderr } = await run(command, [question]);
  return /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] ?? "unknown";
}

/** How long a backup and its restore took. */
export interface Times {
  readonly rows: number;
  readonly bytes: number;
  readonly takeMs: number;
  readonly restoreMs: number;
}

/** Says how long a backup takes on this machine, as a measure for larger ones. */
export function reportTimes(store: string, { rows, bytes, takeMs, restoreMs }: Times): void {
  const [made, restored] = [takeMs, restoreMs].map((one) => `${(one / 1000).toFixed(1)} s`);
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  process.stdout.write(
    `${store}: ${String(rows)} rows, archive of ${size}; backup ${made ?? ""}, restore ${restored ?? ""}\n`,
  );
}
