import type { ResourceState } from "../../plan";
import type { Reason, Risk } from "../model";
import { fieldsOf } from "../objects";
import { kindOf } from "../system";
import { type Judged, stays } from "./judged";

/** What the fields of an object of another kind are about. */
const about: readonly { readonly kinds: RegExp; readonly risk: Risk }[] = [
  { kinds: /^(PersistentVolume(Claim)?|VolumeSnapshot\w*)$/, risk: "data" },
  { kinds: /^((Cluster)?Role(Binding)?|ServiceAccount|Namespace|Secret)$/, risk: "identity" },
  { kinds: /^(Service|Ingress|Gateway|HTTPRoute|NetworkPolicy)$/, risk: "exposure" },
];

const workload = /^(Deployment|StatefulSet|DaemonSet|ReplicaSet)$/;

/** Whether a resource is only some fields of an object that somebody else has made. */
export function isPatch({ resource }: Pick<Judged, "resource">): boolean {
  return /^kubernetes:.+Patch$/.test(resource.type);
}

/**
 * What a patch does to the object of somebody else: the object itself comes and goes by other hands.
 */
export function patchReasons(change: Judged): readonly Reason[] {
  const kind = kindOf(change.resource).replace(/Patch$/, "");
  const object = `${kind} ${targetOf(change)}`;
  if (stays(change)) {
    return [{ risk: "quiet", text: `lets go of fields of ${object}, which stay as they are` }];
  }
  const verb = change.operation === "delete" ? "takes back" : "sets";
  const risk = about.find(({ kinds }) => kinds.test(kind))?.risk;
  if (risk !== undefined) return [{ risk, text: `${verb} fields of ${object}` }];
  return workload.test(kind) ? ofWorkload(change, object) : [];
}

function ofWorkload(change: Judged, object: string): readonly Reason[] {
  const { before, after } = change.resource;
  const was = specOf(before);
  const is = change.operation === "delete" ? {} : specOf(after);
  const texts = [
    ...(was.replicas === is.replicas ? [] : [replicasText(object, is.replicas)]),
    ...(JSON.stringify(was.template) === JSON.stringify(is.template)
      ? []
      : [`sets fields of the pods of ${object}: they are made anew`]),
  ];
  return texts.map((text) => ({ risk: "restart", text }));
}

/** A field that nobody sets any more has its default, 1. */
function replicasText(object: string, replicas: unknown): string {
  if (replicas === 0) return `sets replicas of ${object} to 0: its pods stop`;
  return replicas === undefined
    ? `takes back replicas of ${object}: it has one pod then`
    : `sets replicas of ${object}: pods of it start or stop`;
}

function targetOf({ resource: { before, after } }: Judged): string {
  const { name, namespace } = fieldsOf((after ?? before)?.inputs.metadata);
  return [namespace, name].filter((part) => typeof part === "string").join("/");
}

function specOf(state: ResourceState | undefined): Readonly<Record<string, unknown>> {
  return fieldsOf(state?.inputs.spec);
}
