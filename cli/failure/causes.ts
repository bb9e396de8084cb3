import { type Finding, kubectl, mend, shown } from "../audit/model";
import type { FailedObject } from "../plan";
import { type Conflict, conflictsIn, declaredValue } from "./conflicts";

/** `Deployment thunderline/web`, as audits call it too. */
export function subjectOf({
  kind,
  namespace,
  name,
}: Pick<FailedObject, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** A kind of refusal, by the words of the API server, and what it asks for. */
interface Refusal {
  readonly rule: string;
  readonly words: RegExp;
  readonly what: string;
  readonly mend: (namespace: string) => Finding["mend"];
}

const guards = kubectl(...["get", "validatingwebhookconfigurations,mutatingwebhookconfigurations"]);
const policies = kubectl("get", "validatingadmissionpolicies,mutatingadmissionpolicies");

const refusals: readonly Refusal[] = [
  {
    rule: "terminating",
    words: /because it is being terminated|object is being deleted/,
    what: "cannot be made: its namespace is being deleted",
    mend: (namespace) =>
      mend(
        "Wait until the namespace is gone, and update with --refresh, so that what went with it is made anew.",
        kubectl("get", "namespace", namespace, "-o", "jsonpath={.status.conditions}"),
      ),
  },
  {
    rule: "gone",
    words: /(failed|state): \S+ "[^"]+" not found/,
    what: "is not there any more, or what it is in: somebody has deleted it",
    mend: () =>
      mend(
        "Update with --refresh, so that it is made anew. Data that went with it are lost: restore them.",
      ),
  },
  {
    rule: "webhook-away",
    words: /failed calling webhook/,
    what: "cannot be judged: an admission webhook that has to be asked does not answer",
    mend: () =>
      mend("Bring its server back, or take the webhook away with those who run it.", guards),
  },
  {
    rule: "refused",
    words: /denied (the )?request/,
    what: "is refused by an admission webhook or policy",
    mend: () =>
      mend(
        "Ask those who run it, by the name in the refusal, what it wants; then change the settings, or they change it.",
        guards,
        policies,
      ),
  },
  {
    rule: "quota",
    words: /exceeded quota/,
    what: "does not fit into a quota",
    mend: (namespace) =>
      mend(
        "Ours is the sum of what is declared: another one is somebody else's, or somebody else's pods take of it.",
        kubectl("describe", "resourcequota", "-n", namespace),
      ),
  },
  {
    rule: "forbidden",
    words: /is forbidden: User/,
    what: "may not be changed by this identity",
    mend: () =>
      mend("rbac/deployer.yaml has the rights that an update needs.", kubectl("auth", "whoami")),
  },
];

/** Why an update has failed at one object; undefined where nobody but the engine can say. */
export function causeOf(object: FailedObject): Finding | undefined {
  const { message, namespace } = object;
  const conflicts = conflictsIn(message);
  if (conflicts.length > 0) return conflictCause(object, conflicts);
  const refusal = refusals.find(({ words }) => words.test(message));
  if (refusal === undefined) return undefined;
  return finding(object, refusal.rule, {
    what: refusal.what,
    evidence: [serversWords(message)],
    mend: refusal.mend(namespace ?? object.name),
  });
}

/** Whether the engine has waited for it in vain. */
export function isLate({ message }: FailedObject): boolean {
  return /timed out|failed to (fully )?initialize|failed to become/i.test(message);
}

/** It is not up in time, and its pods do not say why. */
export function lateCause(object: FailedObject): Finding | undefined {
  if (!isLate(object)) return undefined;
  const { kind, name, namespace } = object;
  const where = namespace === undefined ? [] : ["-n", namespace];
  const items = [...object.message.matchAll(/\* (.+)/g)].map(([, text = ""]) => text);
  return finding(object, "late", {
    what: "is not ready in time",
    evidence: items.length > 0 ? items : [serversWords(object.message)],
    mend: mend(
      "See its events; where it only needs longer, platform:cluster.readySeconds says how long.",
      kubectl("describe", `${kind.toLowerCase()}/${name}`, ...where),
    ),
  });
}

function conflictCause(object: FailedObject, conflicts: readonly Conflict[]): Finding {
  const { kind, name, namespace } = object;
  const target = [
    `${kind.toLowerCase()}/${name}`,
    ...(namespace === undefined ? [] : ["-n", namespace]),
  ];
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].join(" and ");
  const patches = conflicts.map((conflict) => ({
    ...conflict,
    patch: declaredValue(object, conflict),
  }));
  return finding(object, "conflict", {
    what: `has fields that belong to ${managers}, who gave them other values than declared`,
    evidence: conflicts.map(
      ({ manager, subresource, path }) =>
        `${path.slice(1)} was set by ${manager}${subresource === undefined ? "" : ` (${subresource})`}`,
    ),
    mend: mend(
      "To leave them to it, give the settings the same values. To take them back, have it leave them alone, set the declared values by hand, and update again.",
      ...patches.flatMap(({ path, patch }) =>
        patch === undefined
          ? []
          : kubectl(
              ...["patch", ...target, path.includes("[") ? "--type=strategic" : "--type=merge"],
              `--patch=${JSON.stringify(patch)}`,
            ),
      ),
      ...(patches.some(({ patch }) => patch === undefined) ? [kubectl("edit", ...target)] : []),
    ),
  });
}

function finding(
  object: FailedObject,
  rule: string,
  told: Pick<Finding, "what" | "evidence" | "mend">,
): Finding {
  const { namespace } = object;
  return shown(rule, {
    level: "critical",
    subject: subjectOf(object),
    ...(namespace === undefined ? {} : { namespace }),
    ...told,
  });
}

/** What the API server has said, without the engine's words around it. */
export function serversWords(message: string): string {
  const parts = message.split(/by the Kubernetes API server: |become live: /);
  return (parts.at(-1) ?? message).replaceAll(/\s+/g, " ");
}
