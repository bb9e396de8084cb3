import { ownsLegacy, type TelemetrySettings } from "../../config/systems/telemetry";
import type { Applied } from "./applied";
import { gitOpsOwner } from "./gitops";
import type { LiveObject } from "./live";

export interface PreflightInput {
  readonly settings: Pick<
    TelemetrySettings,
    "enabled" | "phase" | "parallelSince" | "cutoverOn" | "legacy"
  >;
  /** As settings write a day: `2026-03-01`. */
  readonly today: string;
  readonly applied: Applied;
  /** The Deployments in the namespace of the old stack; undefined where no cluster runs. */
  readonly live: readonly LiveObject[] | undefined;
}

/** What was found, each in a sentence or two. */
export interface Preflight {
  /** Why the update must not begin. */
  readonly refusals: readonly string[];
  /** What a cut-over would be refused for, as long as none is asked for. */
  readonly notices: readonly string[];
}

const here = "platform:telemetry";

/** Compares the phase that is asked for with the calendar, with what was applied and with what runs. */
export function preflight(input: PreflightInput): Preflight {
  const { settings } = input;
  if (!settings.enabled) return { refusals: [], notices: [] };
  const owned = ownsLegacy(settings);
  const findings = legacyFindings(input);
  return {
    refusals: [...daysToCome(input), ...neverParallel(input), ...(owned ? findings : [])],
    notices: owned ? [] : findings,
  };
}

function daysToCome({ settings, today }: PreflightInput): string[] {
  const because = {
    parallelSince: `phase is ${settings.phase}`,
    cutoverOn:
      settings.phase === "cutover"
        ? "phase is cutover"
        : "from the first cut-over on, an update sets the replicas of the old stack",
  };
  return (["parallelSince", "cutoverOn"] as const).flatMap((key) => {
    const day = settings[key];
    return day === undefined || day <= today
      ? []
      : [
          `${here}.${key} is ${day}, a day to come; expected today, ${today}, or earlier, because ${because[key]}.`,
        ];
  });
}

function neverParallel({ settings, applied }: PreflightInput): string[] {
  if (settings.phase !== "cutover" || settings.legacy === undefined) return [];
  if (applied.phase !== undefined) return [];
  return [
    `${here}.phase is cutover, and this stack was never applied with phase parallel. Apply that first, and let both stacks run.`,
  ];
}

function legacyFindings(input: PreflightInput): string[] {
  const { settings, applied, live } = input;
  const { phase, legacy, cutoverOn } = settings;
  if (legacy === undefined || live === undefined) return [];
  return legacy.deployments.flatMap(({ name, replicas }) => {
    const id = `${legacy.namespace}/${name}`;
    const found = live.find(({ metadata }) => metadata.name === name);
    if (found === undefined) return [absent(id)];
    // On the way back the controller wants what we want; it must not stand in that way.
    const back = phase === "parallel" && cutoverOn !== undefined;
    const owner = back ? undefined : gitOpsOwner(found);
    const running = found.spec?.replicas ?? 1;
    const ours = applied.patched.includes(id) || applied.phase === "cutover";
    return [
      ...(owner === undefined
        ? []
        : [
            `Deployment ${id} belongs to ${owner.owner}, which would scale it back. Before the cut-over ${owner.mend}`,
          ]),
      ...(ours || running === replicas
        ? []
        : [
            `Deployment ${id} has ${replicas} replicas in ${here}.legacy.deployments and ${running} on the cluster. Say the number to go back to.`,
          ]),
    ];
  });
}

function absent(id: string): string {
  return (
    `Deployment ${id} is not there, so that its replicas cannot be set. Take it out of ` +
    `${here}.legacy.deployments, or the whole of ${here}.legacy where nothing old is left.`
  );
}
