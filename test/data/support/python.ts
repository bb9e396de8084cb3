import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { surroundings } from "../../../cli/toolchain";
import { ensureEntry } from "../../../cli/toolchain/ensure";
import { run } from "../../../cli/toolchain/process";
import { createProgress } from "../../../cli/toolchain/progress";
import { readEntry } from "../../../cli/toolchain/stamp";
import { succeed } from "./daemon";

/** The programs that come from PyPI; each has a file with the versions of all that it needs. */
export type PythonProgram = "checkov" | "chromadb" | "mlflow";

const programs = { checkov: "checkov", chromadb: "chroma", mlflow: "mlflow" } as const;

/** A command to start a program with, from a virtual environment that is kept in the tool cache. */
export async function pythonCommand(name: PythonProgram): Promise<readonly [string, string]> {
  const { layout } = surroundings();
  const version = await pythonVersion();
  const text = readFileSync(requirements(name));
  const id = createHash("sha256").update(version).update(text).digest("hex").slice(0, 12);
  const folder = join(layout.root, "tools", name, id);
  const setUp = (): ReturnType<typeof ensureEntry> =>
    ensureEntry(name, folder, [byPip(name)], layout, createProgress(1).step(name, 2));
  const found = readEntry(folder) ?? (await setUp());
  const [python, program] = [found.get("python"), found.get("program")];
  if (python === undefined || program === undefined) throw new Error(`${name} was not set up`);
  return [python, program];
}

/** The version that a program is pinned to. */
export function pinnedVersion(name: PythonProgram): string {
  const line = new RegExp(`^${name}==(.*)$`, "m");
  return line.exec(readFileSync(requirements(name), "utf8"))?.[1] ?? "unknown";
}

const requirements = (name: PythonProgram): string => join(__dirname, "python", `${name}.txt`);

const byPip = (name: PythonProgram) => ({
  how: "installed by pip",
  make: async (aside: string): Promise<Readonly<Record<string, string>>> => {
    const made = await run("python3", ["-m", "venv", aside]);
    if (made.code !== 0) {
      throw new Error("no virtual environment for Python: apt-get install python3-venv");
    }
    const python = join(aside, "bin", "python");
    // Wheels only: nothing of a package is run to install it.
    const options = ["--quiet", "--no-deps", "--only-binary", ":all:"];
    await succeed(
      python,
      ["-m", "pip", "install", ...options, "--requirement", requirements(name)],
      { timeoutMs: 600_000 },
    );
    // The program's first line names the folder that it was made in: it is started with `python`.
    return { python: join("bin", "python"), program: join("bin", programs[name]) };
  },
});

async function pythonVersion(): Promise<string> {
  const python = await run("python3", ["--version"]);
  if (python.absent) throw new Error("no Python: apt-get install python3-venv");
  return python.stdout;
}
