import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { lock } from "proper-lockfile";

import { writeWhole } from "./stamp";

/** How a lock is taken; the defaults suit people, tests want shorter ones. */
export interface LockOptions {
  /** Called once, when another process has the lock, with words for that process. */
  readonly onWait?: (owner: string) => void;
  /** A lock whose owner has not shown signs of life for so long is taken over. */
  readonly staleMs?: number;
  readonly pollMs?: number;
}

/**
 * Does something while no other process does it under the same lock. An owner shows that it is
 * alive by touching the lock, so that a killed one is noticed, also across containers.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { onWait, staleMs = 15_000, pollMs = 300 }: LockOptions = {},
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const release = await acquire();
  try {
    writeWhole(ownerFile(path), JSON.stringify({ pid: process.pid, host: hostname() }));
    return await work();
  } finally {
    // Fails if another process took the lock over, after this one was suspended for long. No harm:
    // what is made under the lock is made aside and renamed.
    await release().catch(() => undefined);
  }

  async function acquire(): Promise<() => Promise<void>> {
    let told = false;
    for (let waited = false; ; waited = true) {
      try {
        return await lock(path, {
          realpath: false,
          stale: staleMs,
          update: staleMs / 3,
          onCompromised: () => undefined, // See release.
        });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
        // One that has just taken it has not written its name yet.
        if (!told && (waited || ownerOf(path) !== undefined)) {
          told = true;
          onWait?.(describeOwner(path));
        }
        if (hasDied(ownerOf(path))) await expire(path);
        await sleep(pollMs);
      }
    }
  }
}

/** The least that the library takes as the time after which a lock is stale. */
const leastStaleMs = 2_000;

/**
 * Releases a lock whose owner has died, without waiting until it is stale for all. By the library's own
 * way of taking it over, which leaves alone what another process has taken just now.
 */
async function expire(path: string): Promise<void> {
  const taken = lock(path, {
    realpath: false,
    stale: leastStaleMs,
    onCompromised: () => undefined,
  });
  await taken.then((release) => release()).catch(() => undefined);
}

interface Owner {
  readonly pid: number;
  readonly host: string;
}

function ownerFile(path: string): string {
  return `${path}.owner`;
}

/** Undefined where the process that has the lock has not written its name yet. */
function ownerOf(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(ownerFile(path), "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** Whether it is known that a process is no more; of another machine nobody here knows. */
function hasDied(owner: Owner | undefined): boolean {
  return owner?.host === hostname() && !isAlive(owner.pid);
}

function describeOwner(path: string): string {
  const owner = ownerOf(path);
  if (owner === undefined) return "another process";
  const { pid, host } = owner;
  if (host !== hostname()) return `process ${pid} on ${host}`;
  return hasDied(owner)
    ? `the lock of process ${pid}, which has died, to expire`
    : `process ${pid}`;
}

/** Whether there is a process of this number on this machine. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is someone else's.
    return (error as NodeJS.ErrnoException).code === "EPERM" || existsSync(`/proc/${pid}`);
  }
}
