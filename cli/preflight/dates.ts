import { phaseOf } from "../telemetry/applied";
import { localDay } from "../telemetry/day";
import type { LiveObject } from "../telemetry/live";
import { preflight } from "../telemetry/preflight";
import { attempt, failed, type Finding, passed, type PreflightContext, warning } from "./model";
import { nameOf, ofKind, type StackObject } from "./objects";

/** The days that the settings are held to, and the time zones of schedules. */
export async function dates(context: PreflightContext): Promise<readonly Finding[]> {
  const phase = await attempt("Phase of telemetry", () => phaseFindings(context));
  return [...phase, ...zoneFindings(ofKind(context.objects, "CronJob"))];
}

async function phaseFindings({
  settings: { telemetry },
  cluster,
  plan,
  now,
}: PreflightContext): Promise<readonly Finding[]> {
  const subject = "Phase of telemetry";
  const { enabled, legacy, phase } = telemetry;
  if (!enabled) return [passed(subject, "telemetry is off")];
  const { resources } = plan();
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const patches = resources.filter(({ type }) => type === "kubernetes:apps/v1:DeploymentPatch");
  const live =
    legacy === undefined
      ? undefined
      : await cluster().list<LiveObject>(
          `/apis/apps/v1/namespaces/${legacy.namespace}/deployments`,
        );
  const { refusals, notices } = preflight({
    settings: telemetry,
    today: localDay(now),
    applied: {
      phase: phaseOf(stack?.before?.outputs.telemetry),
      patched: patches.flatMap(({ before }) => before?.id ?? []),
    },
    live,
  });
  const mend = "See docs/DECISIONS.md and the settings under platform:telemetry.";
  if (refusals.length === 0 && notices.length === 0) {
    return [passed(subject, `${phase} is due, and nothing is in its way`)];
  }
  return [
    ...refusals.map((text) => failed(subject, text, mend)),
    ...notices.map((text) => warning(subject, `A cut-over would be refused: ${text}`, mend)),
  ];
}

/** The API server refuses a zone that it does not know when the object is made, not before. */
export function zoneFindings(cronJobs: readonly StackObject[]): readonly Finding[] {
  const zoned = cronJobs.flatMap((object) => {
    const zone = object.spec?.timeZone;
    return typeof zone === "string" ? [{ name: nameOf(object), zone }] : [];
  });
  const wrong = zoned.filter(({ zone }) => !isZone(zone));
  if (zoned.length === 0) return [];
  return wrong.length === 0
    ? [passed("Time zones of schedules", [...new Set(zoned.map(({ zone }) => zone))].join(", "))]
    : wrong.map(({ name, zone }) =>
        failed(name, `there is no time zone ${zone}`, "Write one such as Europe/Berlin."),
      );
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
