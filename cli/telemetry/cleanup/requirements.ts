import type { Settings } from "../../../config/settings";
import type { Applied } from "../applied";

export interface Requirements {
  readonly stack: string;
  readonly settings: Settings;
  /** The phase that the last update ended with. */
  readonly applied: Applied["phase"];
  /** What the file of the backup says. */
  readonly backup: unknown;
  readonly now: Date;
}

const here = "platform:telemetry";
const day = 86_400_000;
/** Old enough to have been verified in peace, young enough to hold what the old stack wrote last. */
const backupDays = 7;
/** What Kubernetes itself lives in. */
const ofTheCluster = /^(default|kube-.*)$/;

/** Why the old stack cannot be removed yet; nothing when it can. */
export function unmet({ stack, settings, applied, backup, now }: Requirements): readonly string[] {
  const { telemetry } = settings;
  const { legacy, phase, comparison } = telemetry;
  return [
    ...(legacy === undefined
      ? [`${here}.legacy is not set: there is nothing old to remove.`]
      : foreign(legacy.namespace, settings)),
    ...(phase === "cutover" ? [] : [`${here}.phase is ${phase}, expected cutover.`]),
    ...(applied === "cutover"
      ? []
      : [`The phase last applied to stack ${stack} is ${applied ?? "none"}, expected cutover.`]),
    ...(comparison?.passed === true
      ? []
      : [
          `${here}.comparison is not one that passed; npm run compare makes it. A reason in overrides is not enough here.`,
        ]),
    ...backupFaults(backup, stack, now),
  ];
}

function foreign(namespace: string, settings: Settings): string[] {
  const { thunderline, faultmaven, philotes, telemetry } = settings;
  const own = [
    ...[thunderline, faultmaven, philotes].map((system) => system.namespace),
    ...Object.values(telemetry.namespaces),
  ];
  if (own.includes(namespace)) {
    return [`Namespace ${namespace} belongs to this program; ${here}.legacy names it as old.`];
  }
  if (ofTheCluster.test(namespace)) {
    return [
      `Namespace ${namespace} has objects of the cluster itself. Remove the old ones in it by hand.`,
    ];
  }
  return [];
}

/** A verified backup: `{"verified": true, "at": "2026-03-01T07:00:00Z", "stack": "prod"}`. */
function backupFaults(backup: unknown, stack: string, now: Date): string[] {
  const said = typeof backup === "object" && backup !== null ? backup : {};
  const { verified, at, stack: of } = said as Readonly<Record<string, unknown>>;
  const time = typeof at === "string" && /^\d{4}-\d\d-\d\dT/.test(at) ? Date.parse(at) : NaN;
  const age = now.getTime() - time;
  return [
    ...(verified === true ? [] : ['The backup record does not say "verified": true.']),
    ...(of === stack
      ? []
      : [`The backup record is of stack ${text(of)}, expected "stack": "${stack}".`]),
    ...(age >= 0 && age <= backupDays * day
      ? []
      : [
          `The backup record is of ${text(at)}, expected "at" with a time in the last ${backupDays} days, such as ${now.toISOString()}.`,
        ]),
  ];
}

function text(value: unknown): string {
  return value === undefined ? "none" : JSON.stringify(value);
}
