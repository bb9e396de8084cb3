import type { Finding, ObjectRule, Subject } from "../model";
import { fields, get, list, number, text } from "../read";
import { finding, isKind, kindSet, type Pods, podsOf, servers } from "../subjects";
import { looksAtItself } from "./liveness";

const probesDeclared: ObjectRule = {
  of: "object",
  name: "probes-declared",
  severity: "high",
  description: "Every container of a server has a startup, a readiness and a liveness probe.",
  check: (subject) =>
    ofServer(subject, ({ container, path }) =>
      ["startupProbe", "readinessProbe", "livenessProbe"].flatMap((probe) =>
        container[probe] === undefined ? [finding(subject, `${path}.${probe}`, "a probe")] : [],
      ),
    ),
};

const livenessIndependent: ObjectRule = {
  of: "object",
  name: "liveness-independent",
  severity: "high",
  description:
    "A liveness probe looks at its own process alone: otherwise one slow database restarts all its clients.",
  check: (subject) =>
    ofServer(subject, ({ container, path }) => {
      const { livenessProbe, name } = container;
      const labels = podsOf(subject)?.labels ?? {};
      return livenessProbe === undefined || looksAtItself(labels, text(name), livenessProbe)
        ? []
        : [
            finding(
              subject,
              `${path}.livenessProbe`,
              "a check that the policy pack's list has for this container",
            ),
          ];
    }),
};

/** Main containers only: those before them end. */
function ofServer(
  subject: Subject,
  check: (one: Pods["containers"][number]) => readonly Finding[],
): readonly Finding[] {
  if (!isKind(subject, ...servers)) return [];
  const containers = podsOf(subject)?.containers ?? [];
  return containers.filter(({ path }) => /\.containers\[\d+\]$/.test(path)).flatMap(check);
}

/** Seconds that a program has for its own end after it has stopped serving. */
const roomToEnd = 5;
/** Seconds after which a node that is to be emptied has waited long enough. */
const longestGrace = 600;

const gracePeriodBounded: ObjectRule = {
  of: "object",
  name: "grace-period-bounded",
  severity: "medium",
  description:
    "A server says how long its end may take: longer than it drains, and at most ten minutes.",
  check: (subject) => {
    const pods = podsOf(subject);
    if (pods === undefined || !isKind(subject, ...servers)) return [];
    const drains = pods.containers.map(({ container }) =>
      number(get(container, "lifecycle", "preStop", "sleep", "seconds")),
    );
    const least = Math.max(0, ...drains.map((seconds) => seconds ?? 0)) + roomToEnd;
    const grace = number(pods.spec.terminationGracePeriodSeconds) ?? 0;
    return grace >= least && grace <= longestGrace
      ? []
      : [
          finding(
            subject,
            `${pods.path}.terminationGracePeriodSeconds`,
            `seconds, from ${String(roomToEnd)} beyond the longest preStop sleep to ${String(longestGrace)}`,
          ),
        ];
  },
};

const noServiceAccountToken: ObjectRule = {
  of: "object",
  name: "no-service-account-token",
  severity: "high",
  description: "No pod has a token of the API server, unless it says what it asks for.",
  check: (subject) => {
    const pods = podsOf(subject);
    if (pods !== undefined) {
      const path = `${pods.path}.automountServiceAccountToken`;
      const off = pods.spec.automountServiceAccountToken === false;
      return [...(off ? [] : [finding(subject, path, "false")]), ...projectedTokens(subject, pods)];
    }
    const kind = kindSet(subject);
    if (kind === "Secret" && subject.props.type === "kubernetes.io/service-account-token") {
      return [finding(subject, "type", "another type: this is a token that never ends")];
    }
    return kind === "ServiceAccount" && subject.props.automountServiceAccountToken !== false
      ? [finding(subject, "automountServiceAccountToken", "false")]
      : [];
  },
};

function projectedTokens(subject: Subject, { spec, path }: Pods): readonly Finding[] {
  return list(spec.volumes).flatMap((volume, index) =>
    list(get(volume, "projected", "sources")).flatMap((source, at) =>
      get(source, "serviceAccountToken") === undefined
        ? []
        : [
            finding(
              subject,
              `${path}.volumes[${String(index)}].projected.sources[${String(at)}]`,
              "no serviceAccountToken",
            ),
          ],
    ),
  );
}

const jobWithoutTtl: ObjectRule = {
  of: "object",
  name: "job-without-ttl",
  severity: "high",
  description: "A Job that Pulumi owns stays: one that is gone would be made, and run, again.",
  check: (subject) =>
    isKind(subject, "Job") && get(subject.props, "spec", "ttlSecondsAfterFinished") !== undefined
      ? [finding(subject, "spec.ttlSecondsAfterFinished", "not to be set")]
      : [],
};

const jobBounded: ObjectRule = {
  of: "object",
  name: "job-bounded",
  severity: "medium",
  description: "A Job has a deadline and a limit of tries; a CronJob never runs twice at once.",
  check: (subject) => {
    const scheduled = isKind(subject, "CronJob");
    if (!scheduled && !isKind(subject, "Job")) return [];
    const steps = scheduled ? ["spec", "jobTemplate", "spec"] : ["spec"];
    const spec = fields(get(subject.props, ...steps));
    const missing = ["activeDeadlineSeconds", "backoffLimit"].flatMap((key) =>
      number(spec[key]) === undefined
        ? [finding(subject, [...steps, key].join("."), "a number")]
        : [],
    );
    const overlaps = scheduled && get(subject.props, "spec", "concurrencyPolicy") !== "Forbid";
    return overlaps ? [...missing, finding(subject, "spec.concurrencyPolicy", "Forbid")] : missing;
  },
};

const claimsDeclared: ObjectRule = {
  of: "object",
  name: "claims-declared",
  severity: "high",
  description:
    "Volumes are claims of their own: what the template of a StatefulSet claims is in no state and cannot be protected.",
  check: (subject) =>
    isKind(subject, "StatefulSet") &&
    list(get(subject.props, "spec", "volumeClaimTemplates")).length > 0
      ? [finding(subject, "spec.volumeClaimTemplates", "none")]
      : [],
};

/** How pods start, stop and end. */
export const podRules = [
  noServiceAccountToken,
  probesDeclared,
  livenessIndependent,
  gracePeriodBounded,
  jobWithoutTtl,
  jobBounded,
  claimsDeclared,
] as const;
