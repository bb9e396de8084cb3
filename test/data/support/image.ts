import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

import { guard } from "../../../cli/toolchain/process";
import { succeed } from "./daemon";

/** What an image is built on. */
export type ImageBase = "alpine" | "debian";

const shells: Readonly<Record<ImageBase, readonly string[]>> = {
  alpine: ["/usr/bin/busybox", "sh"],
  debian: ["/usr/bin/dash"],
};

/** What there is of an image, besides its shell: other programs are not to be found. */
export async function imageOf(
  folder: string,
  base: ImageBase,
  programs: readonly string[],
): Promise<string> {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const links = new Map<string, string>();
  if (base === "alpine") {
    const { stdout } = await succeed("/usr/bin/busybox", ["--list"]);
    for (const name of stdout.trim().split("\n")) links.set(name, "/usr/bin/busybox");
  } else {
    const packages = ["coreutils", "dash", "tar", "gzip", "grep"];
    const { stdout } = await succeed("dpkg", ["--listfiles", ...packages]);
    for (const path of stdout.split("\n")) {
      if (/^(\/usr)?\/bin\/[^/]+$/.test(path)) links.set(basename(path), path);
    }
  }
  for (const path of programs) links.set(basename(path), path);
  for (const [name, path] of links) symlinkSync(path, join(bin, name));
  return bin;
}

/** Runs what a container of an image runs, whose /bin/sh is another one here. */
export function startIn(
  base: ImageBase,
  [, ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): ChildProcess {
  const [shell = "", ...first] = shells[base];
  const child = spawn(shell, [...first, ...args], {
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  guard(child.pid);
  return child;
}
