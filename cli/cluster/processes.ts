import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** One of a control plane's processes. */
export interface ControlPlaneProcess {
  readonly component: string;
  readonly pid: number;
}

/**
 * The processes of a control plane that run. The pid files are kwokctl's; it only looks whether
 * there is a process of that number, and after a restart of the machine that may be anyone's. Files
 * of processes that are not this cluster's are removed, so that kwokctl neither takes a stranger
 * for its own nor kills it.
 */
export function ownProcesses(
  folder: string,
  commandLine: (pid: number) => string = commandLineOf,
): ControlPlaneProcess[] {
  const pids = join(folder, "pids");
  if (!existsSync(pids)) return [];
  return readdirSync(pids).flatMap((file) => {
    const component = file.replace(/\.pid$/, "");
    const pid = Number.parseInt(readFileSync(join(pids, file), "utf8"), 10);
    if (pid > 0 && commandLine(pid).startsWith(join(folder, "bin", component))) {
      return [{ component, pid }];
    }
    rmSync(join(pids, file));
    return [];
  });
}

/** How a process was called; empty when there is none, or when it has ended. */
function commandLineOf(pid: number): string {
  try {
    if (existsSync("/proc/self/cmdline")) {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    }
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
