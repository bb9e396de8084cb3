import { mkdtempSync } from "node:fs";
import { join } from "node:path";

import { run, type RunResult } from "../../../cli/toolchain/process";
import { Postgres } from "../../../components/services/postgres";
import { postgres as schema } from "../../../config/stores";
import { testScope } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";
import { allReplaced, containerOf, environmentOf, writeFiles } from "./rendered";

type Texts = Readonly<Record<string, string>>;

/** The set-up of a bundled server as its job runs it, with its files in a folder of ours. */
export interface SetupJob {
  readonly command: readonly string[];
  readonly env: Texts;
}

/** The arguments of the server's own container. */
export async function serverArgs(settings: unknown): Promise<readonly string[]> {
  const synthesis = await declared(settings);
  return containerOf(synthesis.object("StatefulSet", "postgres")).args ?? [];
}

/** The job of these settings; its secrets have the values given here by `secret.key`. */
export async function setupJob(
  folder: string,
  settings: unknown,
  secrets: Texts,
): Promise<SetupJob> {
  const synthesis = await declared(settings);
  const [name = ""] = synthesis.names("Job");
  const container = containerOf(synthesis.object("Job", name));
  const files = mkdtempSync(join(folder, "setup-"));
  const { data } = synthesis.object("ConfigMap", "postgres-setup");
  const place = { "/setup/": `${files}/` };
  const named = Object.values(data).some((text) => text.includes("/setup/"));
  writeFiles(files, named ? allReplaced(data, place) : data);
  return {
    command: allReplaced(container.command ?? [], place),
    env: environmentOf(container, secrets),
  };
}

/** Runs a job to its end against a server on loopback, whose port `more` says. */
export function runJob({ command, env }: SetupJob, more: Texts): Promise<RunResult> {
  const [program = "", ...args] = command;
  return run(program, args, {
    env: { ...process.env, ...env, PGHOST: "127.0.0.1", ...more },
    timeoutMs: 60_000,
  });
}

function declared(settings: unknown): Promise<Synthesis<Postgres>> {
  const args = {
    scope: testScope(),
    name: "postgres",
    settings: schema.parse(settings),
    enabled: true,
    extensions: ["citext"],
  };
  return synth(() => new Postgres("acme-postgres", args));
}
