import {
  type HorizontalPodAutoscaler,
  type Kind,
  kinds,
  type KubernetesObject,
  nameOf,
} from "../kubernetes";
import { failed, type Finding, passed, unchecked, warning } from "../preflight/model";
import { count, type ValidationContext } from "./model";
import { counterpart, declaredOf, inNamespace } from "./objects";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** What is read of KEDA's ScaledObject. */
export interface ScaledObject extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

const scaledObjectKind: Kind<ScaledObject> = {
  apiVersion: "keda.sh/v1alpha1",
  kind: "ScaledObject",
};

type Around = Pick<ValidationContext, "again" | "simulated">;

/** Whether each autoscaler is at work, and is told what it scales by. */
export async function autoscalers(context: ValidationContext): Promise<readonly Finding[]> {
  const { declared, live } = context;
  const [horizontal, keda] = [
    declaredOf(declared, kinds.horizontalPodAutoscalers),
    declaredOf(declared, scaledObjectKind),
  ];
  if (horizontal.length + keda.length === 0) return [passed("Autoscalers", "the stack has none")];
  const [hpas, scaledObjects] = await Promise.all([
    live.list(kinds.horizontalPodAutoscalers),
    live.list(scaledObjectKind),
  ]);
  return [
    ...horizontal.map((one) => autoscalerFinding(one, counterpart(hpas, one), context)),
    ...keda.map((one) => scaledObjectFinding(one, counterpart(scaledObjects, one), context)),
  ];
}

/** What is seen of one autoscaler of Kubernetes' own. */
export function autoscalerFinding(
  declared: HorizontalPodAutoscaler,
  live: HorizontalPodAutoscaler | undefined,
  { again, simulated }: Around,
): Finding {
  const subject = nameOf(declared);
  if (live === undefined) return failed(subject, "not on the cluster", again);
  const { conditions = [], currentMetrics, currentReplicas = 0 } = live.status ?? {};
  const bad = conditions.find(
    ({ type, status }) =>
      (type === "ScalingActive" || type === "AbleToScale") && status === "False",
  );
  const metrics = (currentMetrics as readonly (object | null)[] | null | undefined) ?? [];
  if (bad?.reason === "ScalingDisabled") {
    return failed(subject, "it does nothing: its workload is scaled to zero", again);
  }
  if (bad !== undefined || metrics.length === 0) {
    if (simulated) return unchecked(subject, "the embedded cluster measures no pods");
    const why = bad?.message ?? "it has no metrics yet";
    const mend = `Does the metrics API answer? kubectl top pods ${inNamespace(live)}; kubectl ${inNamespace(live)} describe hpa ${live.metadata.name}`;
    return failed(subject, why, mend);
  }
  const limited = conditions.find(
    ({ type, status, reason }) =>
      type === "ScalingLimited" && status === "True" && reason === "TooManyReplicas",
  );
  const evidence = `${count(metrics.length, "metric")}, ${count(currentReplicas, "replica")}`;
  return limited === undefined
    ? passed(subject, evidence)
    : warning(subject, `${evidence}: it is at its maximum`, "Raise the maximum in the settings.");
}

/** What is seen of one autoscaler of KEDA's. */
export function scaledObjectFinding(
  declared: ScaledObject,
  live: ScaledObject | undefined,
  { again, simulated }: Around,
): Finding {
  const subject = nameOf(declared);
  if (live === undefined) return failed(subject, "not on the cluster", again);
  const condition = (wanted: string): Condition | undefined =>
    live.status?.conditions?.find(({ type }) => type === wanted);
  const ready = condition("Ready");
  if (ready === undefined && simulated) {
    return unchecked(subject, "no KEDA runs on the embedded cluster");
  }
  const look = `kubectl ${inNamespace(live)} describe scaledobject ${live.metadata.name}`;
  if (ready?.status !== "True") {
    return failed(subject, ready?.message ?? "KEDA has said nothing of it", look);
  }
  if (condition("Paused")?.status === "True") {
    return warning(subject, "it is paused", `Take off its annotation autoscaling.keda.sh/paused.`);
  }
  const fallback = condition("Fallback");
  return fallback?.status === "True"
    ? failed(
        subject,
        `it cannot ask its source: ${fallback.message ?? "it does not say why"}`,
        look,
      )
    : passed(subject, "KEDA has it ready");
}
