import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { refusedExit } from "../adopt";
import { UserError } from "../errors";
import { writeWhole } from "../toolchain/stamp";
import type { Phase, Request } from "./model";

/** How it stands with a phase. One that was cut off stays `begun`, and is run again. */
export interface PhaseState {
  readonly outcome: "begun" | "done" | "failed" | "undone";
  readonly at: string;
  /** What came of it, in one line. */
  readonly says: string;
}

/** Where a consolidation stands, as its folder keeps it. It holds no secret. */
export interface State {
  readonly stack: string;
  readonly context: string;
  readonly keep: string;
  readonly retire: readonly string[];
  readonly startedAt: string;
  readonly phases: Readonly<Partial<Record<Phase, PhaseState>>>;
  /** The archive of each release, below the folder. */
  readonly archives: Readonly<Record<string, string>>;
  /** When everything was last undone: what was archived before is older than what runs. */
  readonly undoneAt?: string;
  /** Set when what cannot be undone has begun. */
  readonly leftoversBegun?: string;
}

type Place = Pick<State, "stack" | "context">;
type Releases = Pick<Request, "keep" | "retire">;

/** The folder of a consolidation: its state, its archives, the audit, the proposed stack file. */
export class Store {
  constructor(
    readonly folder: string,
    private readonly now: () => Date = () => new Date(),
  ) {}

  get file(): string {
    return join(this.folder, "consolidation.json");
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Undefined before the first phase. */
  read(): State | undefined {
    if (!existsSync(this.file)) return undefined;
    try {
      return JSON.parse(readFileSync(this.file, "utf8")) as State;
    } catch {
      throw new UserError(
        `${this.file} cannot be read.`,
        "It says how far this consolidation is. Bring it back from a copy, or look at the cluster and remove it.",
      );
    }
  }

  /** The state, made anew where there is none. Throws as {@link check} does. */
  open(place: Place, request: Releases): State {
    const known = this.check(place, request);
    if (known !== undefined) return known;
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const { stack, context } = place;
    const { keep, retire } = request;
    const startedAt = this.now().toISOString();
    const state = { stack, context, keep, retire, startedAt, phases: {}, archives: {} };
    this.#write(state);
    return state;
  }

  /**
   * The state; undefined where nothing has begun.
   *
   * @throws UserError where the folder is that of another consolidation
   */
  check(place: Place, request: Releases): State | undefined {
    const known = this.read();
    if (known === undefined) return undefined;
    const differing = [
      ["stack", known.stack, place.stack],
      ["context", known.context, place.context],
      ["--keep", known.keep, request.keep],
      ["--retire", [...known.retire].sort().join(), [...request.retire].sort().join()],
    ].find(([, before, now]) => before !== now);
    if (differing === undefined) return known;
    const [what = "", before = "", now = ""] = differing;
    throw new UserError(
      `${this.folder} is of a consolidation with ${what} ${before}, and this is ${now}.`,
      "End that one first (--apply or --back), or give another folder (--folder).",
      refusedExit,
    );
  }

  note(phase: Phase, outcome: PhaseState["outcome"], says = ""): void {
    const state = this.#known();
    const at = this.now().toISOString();
    const undone = outcome === "undone" ? { undoneAt: at } : {};
    this.#write({
      ...state,
      ...undone,
      phases: { ...state.phases, [phase]: { outcome, at, says } },
    });
  }

  noteArchive(release: string, file: string): void {
    const state = this.#known();
    this.#write({ ...state, archives: { ...state.archives, [release]: file } });
  }

  noteLeftovers(): void {
    const state = this.#known();
    this.#write({ leftoversBegun: this.now().toISOString(), ...state });
  }

  #known(): State {
    const state = this.read();
    if (state === undefined) throw new Error("a consolidation has not been opened");
    return state;
  }

  #write(state: State): void {
    writeWhole(this.file, `${JSON.stringify(state, undefined, 2)}\n`);
  }
}
