import type { Reason } from "../model";
import { kindOf } from "../system";
import { type Judged, touches } from "./judged";

const workload = /^(Deployment|StatefulSet|DaemonSet|ReplicaSet)$/;
const scaler = /^(HorizontalPodAutoscaler|ScaledObject)$/;

/**
 * Pods are made anew, or become more or fewer. A CronJob's pods come and go by its schedule, so that
 * a change of it is none of these.
 */
export function restartReasons(change: Judged): readonly Reason[] {
  return textsOf(change).map((text) => ({ risk: "restart", text }));
}

function textsOf(change: Judged): readonly string[] {
  const kind = kindOf(change.resource);
  if (workload.test(kind)) return ofWorkload(change);
  if (kind === "Job") return ofJob(change);
  if (!scaler.test(kind)) return [];
  return change.operation !== "update" || touches(change, /^spec\b/)
    ? ["the number of replicas may change"]
    : [];
}

function ofWorkload(change: Judged): readonly string[] {
  switch (change.operation) {
    case "create":
      return ["its pods start"];
    case "delete":
      return ["its pods stop"];
    case "replace":
      return ["its pods stop, and start anew"];
    default:
      return [
        ...(touches(change, /^spec\.template\b/) ? ["its pods are made anew"] : []),
        ...(touches(change, /^spec\.replicas$/) ? ["the number of its replicas changes"] : []),
      ];
  }
}

function ofJob({ operation }: Judged): readonly string[] {
  if (operation === "create") return ["runs once"];
  return operation === "replace" ? ["runs again, with other content"] : [];
}
