import { UserError } from "../errors";
import type { GitHub } from "./github";

interface Deployment {
  readonly id: number;
  readonly sha: string;
}

/** Where one commit stands to another, in GitHub's words. */
interface Comparison {
  readonly status: "ahead" | "behind" | "identical" | "diverged";
}

/** How many deployments are looked at: failed ones stand before the last that succeeded. */
const mostDeployments = 100;

/**
 * Refuses to apply a commit that is older than what an environment has: a run that waited for its
 * approval, or is run again, while a newer one was applied.
 *
 * @returns the commit that the environment has, undefined where GitHub knows of none
 */
export async function requireForward(
  github: GitHub,
  environment: string,
  commit: string,
): Promise<string | undefined> {
  const applied = await lastApplied(github, environment);
  if (applied === undefined) return undefined;
  const { status } = await github.get<Comparison>(`/compare/${applied}...${commit}`);
  if (status === "ahead" || status === "identical") return applied;
  throw new UserError(
    `Environment ${environment} has commit ${applied}, and ${commit} is ${
      status === "behind" ? "older" : "on another line"
    }: nothing was applied.`,
    "To go back, revert on main and let that be applied.",
  );
}

async function lastApplied(github: GitHub, environment: string): Promise<string | undefined> {
  const query = `/deployments?environment=${encodeURIComponent(environment)}`;
  let looked = 0;
  for await (const { id, sha } of github.all<Deployment>(query)) {
    looked += 1;
    if (looked > mostDeployments) return undefined;
    for await (const { state } of github.all<{ state: string }>(`/deployments/${id}/statuses`)) {
      if (state === "success") return sha;
    }
  }
  return undefined;
}
