import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../errors";
import { during } from "../progress";
import type { Progress } from "../toolchain/progress";
import { writeWhole } from "../toolchain/stamp";
import type { Workspace } from "../workspace";

/** Something that a command does, in words for whoever looks on. */
export interface Action {
  /** In the imperative, with the object: `scale Deployment faultmaven/fm-case-service to 0`. */
  readonly what: string;
  readonly why: string;
  /** Does it. It has to do no harm where it was done before. */
  readonly run: () => Promise<void>;
}

/** What became of something that was begun. `begun` alone means that the run was cut off in it. */
export type Outcome = "begun" | "done" | "failed";

/** One line of a record. */
export interface Entry {
  readonly at: string;
  readonly what: string;
  readonly why: string;
  readonly outcome: Outcome;
  /** What it failed of. */
  readonly fault?: string;
  readonly seconds?: number;
}

/** What a command did, as it is kept. */
export interface JournalFile {
  readonly command: string;
  readonly context: string;
  readonly startedAt: string;
  readonly entries: readonly Entry[];
}

/**
 * The record of what a command did, written to its file as it goes: each action before it is begun and
 * after it has ended, so that a run that was killed leaves behind how far it got. It never holds a
 * secret.
 */
export class Journal {
  #entries: Entry[] = [];

  constructor(
    readonly file: string,
    private readonly head: Omit<JournalFile, "entries">,
    private readonly progress: Progress,
    private readonly now: () => Date = () => new Date(),
  ) {}

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Says what is done, does it, and writes down how it ended. */
  async do<T>(what: string, why: string, work: () => Promise<T>): Promise<T> {
    const started = this.now();
    const index = this.#entries.length;
    const common = { at: started.toISOString(), what, why };
    const end = (outcome: Outcome, fault?: string): void => {
      const seconds = Math.round((this.now().getTime() - started.getTime()) / 100) / 10;
      const told = fault === undefined ? {} : { fault };
      this.#entries[index] = { ...common, outcome, ...told, seconds };
      this.#write();
    };
    this.#entries.push({ ...common, outcome: "begun" });
    this.#write();
    try {
      const result = await during(this.progress, `${upper(what)} (${why})`, work);
      end("done");
      return result;
    } catch (error) {
      end("failed", error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  #write(): void {
    const whole: JournalFile = { ...this.head, entries: this.#entries };
    writeWhole(this.file, `${JSON.stringify(whole, undefined, 2)}\n`);
  }
}

/** Where a command keeps its record: in the workspace, which git ignores, under a name with the time. */
export function journalFile(workspace: Workspace, command: string, at: Date): string {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, "");
  return join(workspace.base, "records", `${command}-${time}.json`);
}

/** A record as it was written. */
export function readJournal(file: string): JournalFile {
  if (!existsSync(file)) throw new UserError(`There is no record ${file}.`);
  return JSON.parse(readFileSync(file, "utf8")) as JournalFile;
}

/** What would be done, a line each, for a command that was not told to act. */
export function actionsText(actions: readonly Action[]): string {
  return actions
    .map(({ what, why }, index) => `${String(index + 1)}. ${upper(what)}\n   because ${why}`)
    .join("\n");
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
