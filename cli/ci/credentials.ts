import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";

/** What a GitHub environment has to hold for a job that works on a stack. */
const needed = ["KUBECONFIG_DATA", "PULUMI_BACKEND_URL"] as const;

/**
 * Puts the kubeconfig that the environment's secret holds into a file that nobody else reads, and
 * tells the steps after this one where it is.
 *
 * @throws UserError that names the secrets that are missing
 */
export function placeKubeconfig(env: NodeJS.ProcessEnv = process.env): string {
  const missing = needed.filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0) {
    throw new UserError(
      `The secrets ${missing.join(" and ")} of this job's environment are empty or not set.`,
      "docs/CI.md says what each environment holds.",
    );
  }
  const { KUBECONFIG_DATA: text = "", RUNNER_TEMP: folder, GITHUB_ENV: file } = env;
  if (folder === undefined || file === undefined) {
    throw new UserError(
      "RUNNER_TEMP, GITHUB_ENV: not set.",
      "This command is meant for a job of GitHub Actions.",
    );
  }
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "kubeconfig");
  writeFileSync(path, text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600, flag: "wx" });
  appendFileSync(file, `KUBECONFIG=${path}\n`);
  return path;
}
