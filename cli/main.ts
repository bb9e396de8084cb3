import { Command, CommanderError } from "commander";

import { UserError } from "./errors";
import { exitCodeOf } from "./exit-code";
import { ChildFailure, Interrupted } from "./process";

/** The commands in the order of the help: every day, data, moving in, telemetry, automation, development. */
const commands: readonly string[] = [
  ...["up", "preview", "review", "policy", "preflight", "apply", "render", "down", "open"],
  ...["drift", "validate", "restore", "adopt"],
  ...["audit", "backup", "consolidate", "retire"],
  ...["compare", "telemetry:cleanup"],
  ...["images", "promote", "ci"],
  ...["setup", "test", "proof", "golden", "docs", "schema", "record", "bench"],
];

/** The command line, as `npm run` calls it. To load all commands takes longer than most of them run. */
function commandLine(asked: string | undefined): Command {
  const program = new Command("npm run")
    .usage("COMMAND [-- OPTIONS]")
    .description("Brings stacks up on embedded clusters, previews and renders them.")
    .exitOverride();
  const known = asked !== undefined && commands.includes(asked);
  for (const name of known ? [asked] : commands) add(program, name);
  for (const command of program.commands) command.usage(usage(command));
  return program;
}

/** Each command is a file with one function that adds it to the program. */
function add(program: Command, name: string): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loads it only when it is asked for
  const file = require(`./commands/${name.replace(":", "-")}`) as Readonly<Record<string, unknown>>;
  for (const [exported, value] of Object.entries(file)) {
    if (/^add[A-Z]/.test(exported)) (value as (program: Command) => void)(program);
  }
}

/** As it is typed: npm takes options for itself until a `--`. */
function usage(command: Command): string {
  return [
    "--",
    ...command.registeredArguments.map((it) =>
      it.required ? it.name().toUpperCase() : `[${it.name()}...]`,
    ),
    "[options]",
  ].join(" ");
}

/** Says in words what went wrong. */
function explain(error: unknown): void {
  if (error instanceof CommanderError) return; // It has been said.
  if (error instanceof Interrupted) return;
  if (error instanceof ChildFailure) {
    // pulumi and others say what is wrong themselves, on the terminal or in what we kept.
    console.error(error.output === "" ? error.message : error.output.trimEnd());
  } else if (process.env.PLATFORM_DEBUG) {
    console.error(error);
  } else if (error instanceof UserError) {
    console.error(error.message);
    if (error.hint !== undefined) console.error(error.hint);
  } else {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`Unexpected: ${message} (set PLATFORM_DEBUG=1 for the stack trace)`);
  }
}

commandLine(process.argv[2])
  .parseAsync()
  .catch((error: unknown) => {
    explain(error);
    process.exitCode = exitCodeOf(error);
  });
