import type { Settings } from "../../config/settings";
import { objectsOf } from "./cluster";
import type { CronJob, NetworkPolicy, ScaledObject, Workload } from "./objects";
import type { Quiescence } from "./quiesce";
import type { SystemObjects } from "./writers";

/** The systems whose stores can be restored. */
export const systems = ["thunderline", "faultmaven", "philotes", "telemetry"] as const;
export type System = (typeof systems)[number];

/** The namespaces of a system. */
export function namespacesOf(settings: Settings, system: System): readonly string[] {
  return system === "telemetry"
    ? Object.values(settings.telemetry.namespaces)
    : [settings[system].namespace];
}

/** What runs in a system's namespaces, as far as a restore has to know it. */
export async function systemObjects({
  kubectl,
  namespaces,
  keda,
}: Pick<Quiescence, "kubectl" | "namespaces" | "keda">): Promise<SystemObjects> {
  const kinds = [
    ...[
      "deployments.apps",
      "statefulsets.apps",
      "cronjobs.batch",
      "networkpolicies.networking.k8s.io",
    ],
    ...(keda ? ["scaledobjects.keda.sh"] : []),
  ];
  const all = await objectsOf(kubectl, namespaces, kinds);
  const of = (...kind: string[]) => all.filter((object) => kind.includes(object.kind));
  return {
    workloads: of("Deployment", "StatefulSet") as Workload[],
    cronJobs: of("CronJob") as CronJob[],
    policies: of("NetworkPolicy") as NetworkPolicy[],
    scaledObjects: of("ScaledObject") as ScaledObject[],
  };
}
