import { cpSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** What the engine needs to run the program and its policy pack, but for stack files and packages. */
const files = [
  ...["index.ts", "main.cjs", "register.cjs", "components", "config", "policy", "Pulumi.yaml"],
  ...["package.json", "package-lock.json", "tsconfig.json", "tsconfig.program.json"],
];

/** Copies today's program into a folder, and whatever else of the repository is named. */
export function copyProgram(folder: string, others: readonly string[]): void {
  for (const name of [...files, ...others]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
}
