import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { Layout } from "./layout";
import { withLock, type LockOptions } from "./lock";
import type { Step } from "./progress";
import { publishEntry, readEntry } from "./stamp";

/** One way to make an entry of the cache. */
export interface Way {
  /** For people: "downloaded", "built". */
  readonly how: string;
  /**
   * Makes the entry in this empty folder. Gives the names and relative paths of what is in it, or
   * the reason why this way is closed, so that the next is tried.
   */
  make(aside: string): Promise<Readonly<Record<string, string>> | string>;
}

/**
 * Makes an entry of the cache in the first way that works: aside, then put in place at once, so
 * that an interrupted set-up leaves nothing half-made. One process at a time; the others wait and
 * take what it made.
 */
export async function ensureEntry(
  name: string,
  folder: string,
  ways: readonly Way[],
  layout: Layout,
  step: Step,
  lockOptions: LockOptions = {},
): Promise<ReadonlyMap<string, string>> {
  return withLock(layout.lock(name), make, {
    ...lockOptions,
    onWait: (owner) => {
      step.say(`waiting for ${owner}`);
    },
  });

  async function make(): Promise<ReadonlyMap<string, string>> {
    const made = readEntry(folder);
    if (made !== undefined) {
      step.end("set up by another process");
      return made;
    }
    // A folder of its own each time: a compiler that outlived its killed set-up still writes to the
    // old one.
    const aside = join(layout.aside(name), randomUUID());
    const closed: string[] = [];
    try {
      for (const way of ways) {
        // Also removes what a process left that died: under this lock it has no other owner.
        rmSync(layout.aside(name), { recursive: true, force: true });
        mkdirSync(aside, { recursive: true });
        const result = await way.make(aside);
        if (typeof result !== "string") {
          publishEntry(aside, folder, { how: way.how, paths: result });
          step.end(way.how);
          return readEntry(folder) ?? fail("is not whole after it was made");
        }
        closed.push(`${way.how}: ${result}`);
        step.say(`not ${way.how} (${result})`);
      }
      return fail(`cannot be set up (${closed.join("; ")})`);
    } catch (error) {
      step.end("failed");
      throw error;
    } finally {
      rmSync(layout.aside(name), { recursive: true, force: true });
    }
  }

  function fail(what: string): never {
    throw new Error(`${name} ${what}`);
  }
}

/** Names and paths, for {@link Way.make}, of files in a folder below the entry. */
export function pathsIn(folder: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, join(folder, name)]));
}
