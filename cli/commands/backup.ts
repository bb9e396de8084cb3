import { type Command, InvalidArgumentError, Option } from "commander";

import {
  backUpAsPlanned,
  type BackupPlan,
  type BackupRequest,
  exits,
  madeText,
  passphraseVariable,
  planBackup,
  planJson,
  planText,
  readPassphrase,
  requirePassphrase,
  usualCopyImage,
  usualDeadlineSeconds,
  verifiedText,
  verifyArchive,
} from "../backup";
import { UserError } from "../errors";
import { Journal, journalFile } from "../journal";
import { type Api, openApi } from "../kubernetes";
import { during, showSteps } from "../progress";
import { agree, interruptible } from "../restore/session";
import { withTarget } from "../target";
import { openWorkspace } from "../workspace";

interface BackupOptions {
  readonly namespace?: string;
  readonly release?: string;
  readonly context?: string;
  readonly stack?: string;
  readonly embedded?: true;
  readonly out?: string;
  readonly passphraseFile?: string;
  readonly data: boolean;
  readonly copyImage: string;
  readonly deadline: number;
  readonly verify?: string;
  readonly apply?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** `backup`: a namespace or a release, in one file that is read back. */
export function addBackup(program: Command): void {
  program
    .command("backup")
    .summary("save a namespace or a Helm release in one file, and read it back")
    .description(
      "Saves all of a namespace, or of a Helm release, in one file: objects, Secrets, Helm's values and\n" +
        "records, the list of volumes, and what is on these, by one-shot Jobs whose results are fetched and\n" +
        "compared with what the Jobs say they wrote. All but names is encrypted with a passphrase; `age`\n" +
        "opens it too. Without --apply it shows what it would do, and changes nothing. Where a snapshot of\n" +
        "a volume is offered, it makes one, which stays on the cluster.\n" +
        "Works on the current context of your kubeconfig, on --context, or on the cluster of --stack.",
    )
    .option("-n, --namespace <namespace>", "what is saved")
    .option("--release <name>", "only this release of Helm there, with all that its pods use")
    .option("--context <context>", "a context of your kubeconfig")
    .addOption(new Option("-s, --stack <stack>", "the cluster of a stack").conflicts("context"))
    .option("--embedded", "on the stack's embedded cluster, whose pods are simulated")
    .option("--out <file>", "the file; one that is there already is never written over")
    .option(
      "--passphrase-file <file>",
      `the passphrase, instead of the variable ${passphraseVariable}`,
    )
    .option("--no-data", "without what is on the volumes")
    .option(
      "--copy-image <image>",
      "what copies files, with sh, tar, gzip, sha256sum",
      usualCopyImage,
    )
    .addOption(
      new Option("--deadline <seconds>", "for one Job, until its result is fetched")
        .argParser(seconds)
        .default(usualDeadlineSeconds),
    )
    .addOption(
      new Option("--verify <file>", "reads a backup back, and changes nothing").conflicts([
        "namespace",
        "release",
        "context",
        "stack",
        "out",
        "apply",
      ]),
    )
    .option("--apply", "makes it")
    .option("-y, --yes", "does not ask before it begins")
    .option("--json", "tells of it as JSON")
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  complete, or whole; without --apply: shown\n" +
        "  1  nothing was made, or the file could not be read (another passphrase); the message says why\n" +
        "  2  made, but INCOMPLETE; of --verify: incomplete or damaged\n" +
        "  3  of --verify without a passphrase: the checksums hold, the rest is unchecked\n" +
        "\nExamples:\n" +
        "  npm run backup -- --namespace thunderline\n" +
        "  npm run backup -- --namespace thunderline --release thunderline \\\n" +
        "    --passphrase-file ~/backup.key --out thunderline.tar --apply\n" +
        "  npm run backup -- --verify thunderline.tar --passphrase-file ~/backup.key\n" +
        "  tar -xOf thunderline.tar secrets.yaml.age | age --decrypt\n" +
        "  tar -xOf thunderline.tar data/db.postgres.tar.age | age --decrypt | tar -x   # pg_restore reads it",
    )
    .action(run);
}

async function run(options: BackupOptions): Promise<void> {
  if (options.verify !== undefined) {
    await verify(options, options.verify);
    return;
  }
  const { namespace, context, stack, embedded = false } = options;
  if (namespace === undefined) {
    throw new UserError("Nothing says what is saved.", "Give --namespace, or --verify FILE.");
  }
  if (embedded && stack === undefined) {
    throw new UserError("--embedded is for the cluster of a stack.", "Give --stack too.");
  }
  if (stack === undefined) {
    await onCluster(options, namespace, await openApi(context === undefined ? {} : { context }));
    return;
  }
  await withTarget({ stack, embedded, progress: showSteps() }, async (target) => {
    const { kubeconfig } = target;
    const where = kubeconfig === undefined ? {} : { kubeconfig };
    await onCluster(options, namespace, await openApi({ context: target.context, ...where }));
  });
}

async function onCluster(options: BackupOptions, namespace: string, api: Api): Promise<void> {
  const { release, data, copyImage, deadline } = options;
  const request: BackupRequest = {
    ...{ namespace, data, copyImage, deadlineSeconds: deadline },
    ...(release === undefined ? {} : { release }),
  };
  const progress = showSteps();
  const plan = await during(progress, `Looking at namespace ${namespace}`, () =>
    planBackup(api, request),
  );
  if (options.apply === true) {
    await make(options, api, plan);
  } else {
    tell(options, planJson(plan), `${planText(plan)}\n\nNothing was done: --apply makes it.`);
  }
}

async function make(options: BackupOptions, api: Api, plan: BackupPlan): Promise<void> {
  const { out } = options;
  if (out === undefined) throw new UserError("Nothing says where to.", "Give --out FILE.");
  const passphrase = requirePassphrase(readPassphrase(options.passphraseFile));
  console.error(`${planText(plan)}\n`);
  await agree(options.yes === true);
  const progress = showSteps();
  const now = new Date();
  const head = { command: "backup", context: api.context, startedAt: now.toISOString() };
  const journal = new Journal(journalFile(openWorkspace(), "backup", now), head, progress);
  const made = await interruptible(again, () =>
    backUpAsPlanned(api, plan, { file: out, passphrase, journal, progress, now }),
  );
  const { file, complete, missing, snapshots } = made;
  tell(
    options,
    { file, complete, missing, snapshots, record: journal.file },
    `${madeText(made)}\nThe record of it: ${journal.file}`,
  );
  if (!complete) process.exitCode = exits.incomplete;
}

const again =
  "There is no backup. Run it again: it removes the Jobs that are left, and begins anew.";

async function verify(options: BackupOptions, file: string): Promise<void> {
  const verified = await during(showSteps(), `Reading ${file}`, () =>
    verifyArchive(file, readPassphrase(options.passphraseFile)),
  );
  tell(options, verified, verifiedText(verified));
  process.exitCode = exits[verified.state];
}

function tell({ json }: BackupOptions, data: object, text: string): void {
  console.log(json === true ? JSON.stringify(data, undefined, 2) : text);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 60 || value > 7 * 86_400) {
    throw new InvalidArgumentError("A whole number of seconds, from 60 to 604800.");
  }
  return value;
}
