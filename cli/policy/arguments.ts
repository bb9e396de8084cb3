import { join } from "node:path";

import type { Workspace } from "../workspace";

/** The arguments by which an operation of pulumi (`preview`, `up`) keeps the rules of our pack. */
export function policyArguments({ repository }: Pick<Workspace, "repository">): readonly string[] {
  return ["--policy-pack", join(repository, "policy")];
}
