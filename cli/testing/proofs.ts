import { readdirSync } from "node:fs";
import { basename, join } from "node:path";

import { UserError } from "../errors";

/** Tests of other layers that prove a claim too. */
const elsewhere = ["test/data/restore.test.ts"];

/**
 * The files of the proofs whose name has this text in it, as paths from the repository.
 *
 * @throws UserError where there is none
 */
export function proofFiles(repository: string, only = ""): string[] {
  const folder = "test/proof";
  const own = readdirSync(join(repository, folder))
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => `${folder}/${file}`);
  const all = [...own, ...elsewhere];
  const found = all.filter((file) => nameOf(file).includes(only));
  if (found.length === 0) {
    throw new UserError(
      `--only: no proof has "${only}" in its name.`,
      `The proofs are ${all.map(nameOf).sort().join(", ")}.`,
    );
  }
  return found;
}

function nameOf(file: string): string {
  return basename(file, ".test.ts");
}
