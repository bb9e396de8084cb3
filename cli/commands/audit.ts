import { writeFileSync } from "node:fs";

import { type Command, Option } from "commander";

import {
  atOrAbove,
  audit,
  type Audit,
  auditData,
  auditHtml,
  auditMarkdown,
  type AuditOptions,
  auditText,
  type Level,
  levels,
} from "../audit";
import { UserError } from "../errors";
import { type Api, openApi } from "../kubernetes";
import { during, showSteps } from "../progress";
import { withTarget } from "../target";
import type { Progress } from "../toolchain/progress";

const formats = ["text", "md", "html", "json"] as const;

type Format = (typeof formats)[number];

interface AuditCommand {
  readonly context?: string;
  readonly embedded?: true;
  readonly stack?: string;
  readonly format: Format;
  readonly json?: true;
  readonly out?: string;
  readonly failOn?: Level;
}

/** The code that says that something of the asked level was found. 1 is for an audit that failed. */
const foundSome = 2;

/** `audit`: what is wrong on a cluster, whoever has made it. */
export function addAudit(program: Command): void {
  program
    .command("audit")
    .summary("show what is wrong on a cluster, whoever has made it")
    .description(
      "Looks at all that lives on a cluster, and changes nothing: applications that\n" +
        "are there twice, Helm releases and those that ought to go, pods that fail and\n" +
        "why, what has no limits, what nobody uses, what is not guarded, and whose each\n" +
        "workload is. Worst first, each with what was seen and how to mend it. What may\n" +
        "not be read is UNCHECKED, never passed. Shows no secret: values of releases\n" +
        "are masked.\n" +
        "Works on any context of your kubeconfig, and needs no stack.",
    )
    .addOption(
      new Option("--context <context>", "a context of your kubeconfig").default(
        undefined,
        "the current one",
      ),
    )
    .addOption(
      new Option(
        "--embedded",
        "on the embedded cluster of a stack, whose pods are simulated",
      ).conflicts("context"),
    )
    .option("-s, --stack <stack>", 'whose embedded cluster (default: "dev")')
    .addOption(new Option("--format <format>", "how it is told").choices(formats).default("text"))
    .addOption(
      new Option("--json", "the same as --format json").implies({
        format: "json" satisfies Format,
      }),
    )
    .option("--out <file>", "writes the report to a file")
    .addOption(
      new Option("--fail-on <level>", "ends with 2 where something of this level or worse is found")
        .choices(levels)
        .default(undefined, "never"),
    )
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  nothing of the level of --fail-on was found\n" +
        "  1  the audit could not be made; the message says why\n" +
        "  2  something of that level, or worse, was found\n" +
        "\nExamples:\n" +
        "  npm run audit\n" +
        "  npm run audit -- --context homelab --format html --out audit.html\n" +
        "  npm run audit -- --context homelab --fail-on critical\n" +
        "  npm run audit -- --embedded --stack dev --json",
    )
    .action(run);
}

async function run(options: AuditCommand): Promise<void> {
  const { embedded = false, stack, format, out, failOn } = options;
  if (stack !== undefined && !embedded) {
    throw new UserError(
      "An audit is of a cluster, and needs no stack.",
      "Give --embedded beside --stack for the stack's embedded cluster, or --context.",
    );
  }
  const progress = showSteps();
  const found = embedded
    ? await ofEmbedded(stack ?? "dev", progress)
    : await read(await openApi(contextOf(options)), progress);
  const text = reports[format](found);
  if (out === undefined) console.log(text);
  else write(out, text);
  if (failOn !== undefined && atOrAbove(failOn, found.findings).length > 0) {
    process.exitCode = foundSome;
  }
}

function contextOf({ context }: AuditCommand): { readonly context?: string } {
  return context === undefined ? {} : { context };
}

function ofEmbedded(stack: string, progress: Progress): Promise<Audit> {
  return withTarget({ stack, embedded: true, progress }, async ({ context, kubeconfig }) => {
    const place = kubeconfig === undefined ? {} : { kubeconfig };
    return read(await openApi({ context, ...place }), progress, { kubeconfig, stack });
  });
}

function read(api: Api, progress: Progress, options: AuditOptions = {}): Promise<Audit> {
  return during(progress, `Looking at context ${api.context}`, () => audit(api, options));
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, `${text.trimEnd()}\n`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`The report cannot be written: ${why}`, "Is there such a folder?");
  }
}

const reports: Readonly<Record<Format, (found: Audit) => string>> = {
  text: auditText,
  md: auditMarkdown,
  html: auditHtml,
  json: (found) => JSON.stringify(auditData(found), undefined, 2),
};
