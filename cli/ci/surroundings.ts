import { UserError } from "../errors";

/** What GitHub tells a job of itself. */
export interface Surroundings {
  /** Of GitHub's REST API, without a slash at its end. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  /** The page of this run, for people. */
  readonly page: string;
}

/**
 * The surroundings of this job, from the variables that GitHub Actions sets.
 *
 * @throws UserError that names what is missing
 */
export function surroundings(env: NodeJS.ProcessEnv = process.env): Surroundings {
  const names = ["GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"] as const;
  const missing = names.filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0) {
    throw new UserError(
      `${missing.join(", ")}: not set.`,
      "This command is meant for a job of GitHub Actions; GITHUB_TOKEN is handed to a step under `env`.",
    );
  }
  const { GITHUB_API_URL = "", GITHUB_REPOSITORY = "", GITHUB_TOKEN = "" } = env;
  if (!/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY)) {
    throw new UserError(`GITHUB_REPOSITORY is "${GITHUB_REPOSITORY}", expected owner/name.`);
  }
  return {
    api: GITHUB_API_URL.replace(/\/$/, ""),
    repository: GITHUB_REPOSITORY,
    token: GITHUB_TOKEN,
    page: runPage(env),
  };
}

/** The page of this run, which needs no token to be told. */
export function runPage(env: NodeJS.ProcessEnv = process.env): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = env;
  return `${server ?? ""}/${repository ?? ""}/actions/runs/${id ?? ""}`;
}
