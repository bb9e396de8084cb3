import { pythonCommand } from "./python";
import { objectIn, printed, runScanner, type Scan } from "./scanner";

interface Judgement {
  readonly check_id: string;
  readonly file_abs_path: string;
}

interface Report {
  readonly results: {
    readonly passed_checks: readonly Judgement[];
    readonly failed_checks: readonly Judgement[];
    readonly skipped_checks: readonly Judgement[];
    readonly parsing_errors: readonly string[];
  };
}

/** All that checkov says of the objects in a folder. Each has a file of its own. */
export async function checkovScan(folder: string): Promise<Scan> {
  const result = await runCheckov([
    "--directory",
    folder,
    "--framework",
    "kubernetes",
    "--output",
    "json",
    "--compact",
    "--skip-download",
  ]);
  const { results } = printed("checkov", result) as Report;
  if (results.parsing_errors.length > 0) {
    throw new Error(`checkov cannot read ${results.parsing_errors.join(", ")}`);
  }
  const judged = [...results.passed_checks, ...results.failed_checks, ...results.skipped_checks];
  const names = new Map(judged.map(({ file_abs_path: file }) => [file, objectIn(file)]));
  // What an object asks to be excused from is for the table of exceptions to say.
  const findings = [...results.failed_checks, ...results.skipped_checks].map((one) => ({
    check: one.check_id,
    object: names.get(one.file_abs_path) ?? "",
  }));
  return { judged: new Set(names.values()), findings };
}

/** The names of all checks that checkov has for Kubernetes. */
export async function checkovChecks(): Promise<string[]> {
  const { stdout } = await runCheckov(["--list", "--framework=kubernetes"]);
  return [...new Set(stdout.match(/\bCKV2?_K8S_\d+\b/g) ?? [])];
}

async function runCheckov(args: readonly string[]): ReturnType<typeof runScanner> {
  const [python, program] = await pythonCommand("checkov");
  return runScanner(python, [program, ...args]);
}
