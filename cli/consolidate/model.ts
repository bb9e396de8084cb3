import type { Adopting } from "../adopt";
import type { HelmRelease } from "../helm";
import type { Journal } from "../journal";
import type { Api } from "../kubernetes";
import type { Target } from "../target";
import type { Progress } from "../toolchain/progress";
import type { Override } from "../workspace";
import type { Store } from "./state";

/** The phases of document 000 in their order. What cannot be undone is none of them: `--delete-leftovers`. */
export const phases = ["audit", "backup", "merge", "retire", "apply", "validate"] as const;
export type Phase = (typeof phases)[number];

/** Which releases become one. */
export interface Request {
  /** The release whose data this program takes over, `thunderline/thunderline`. */
  readonly keep: string;
  /** Those that go, by namespace and name. */
  readonly retire: readonly string[];
  readonly system: Adopting;
  /** The release whose value is taken, by the path of the value. */
  readonly decisions: Readonly<Record<string, string>>;
  /** Claims of the kept release that stay where they are. */
  readonly leave: readonly string[];
  /** Why a release may be changed before its data are saved, by its key. Its volumes stay in any case. */
  readonly withoutData: Readonly<Record<string, string>>;
  /** Whether settings that are missing are written into the stack file. */
  readonly write: boolean;
  /** Settings in place of the committed ones. @default none */
  readonly overrides?: readonly Override[];
}

/** Where a consolidation works. */
export interface Site {
  readonly target: Target;
  readonly api: Api;
  readonly request: Request;
  readonly store: Store;
  readonly journal: Journal;
  readonly progress: Progress;
  /** Opens the archives; undefined where none was given. */
  readonly passphrase: string | undefined;
  /** Whether what pulumi says is shown. */
  readonly show: boolean;
}

/** What came of a phase. */
export interface Done {
  /** In one line. */
  readonly says: string;
  /** Why the run ends here, with what to do next; undefined where it goes on. */
  readonly stop?: string;
}

/** One phase: what it does in words, what has to be so before it, and how it is done and undone. */
export interface PhaseStep {
  readonly name: Phase;
  readonly why: string;
  /** What it would do now, a line each. Looks and changes nothing. */
  readonly plan: (site: Site, releases: Releases) => Promise<readonly string[]>;
  /** Refuses with a UserError where it cannot begin. */
  readonly require: (site: Site, releases: Releases) => Promise<void>;
  /** Does it. May be run again after it was cut off. */
  readonly run: (site: Site, releases: Releases) => Promise<Done>;
  /** Undoes it, and says what was undone; undefined where there is nothing to undo. */
  readonly back?: (site: Site, releases: Releases) => Promise<string>;
}

/** The releases of a request as Helm has written them down. */
export interface Releases {
  readonly keep: HelmRelease;
  readonly retire: readonly HelmRelease[];
}

/** The same when some of them are gone already. */
export interface Remaining {
  readonly keep: HelmRelease | undefined;
  readonly retire: readonly HelmRelease[];
}
