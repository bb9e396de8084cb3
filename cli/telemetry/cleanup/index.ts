import type { Kubectl } from "../../cluster";
import { type LiveObject, liveObjects } from "../live";
import { dataKinds, plan, type Plan, workloadKinds } from "./plan";

/** Looks at the namespace of the old stack and says what a clean-up would do to it. */
export async function look(
  kubectl: Kubectl,
  legacy: { readonly namespace: string; readonly deployments: readonly { name: string }[] },
  deletesData: boolean,
): Promise<Plan> {
  const { namespace, deployments } = legacy;
  const place = await kubectl([
    ...["get", "namespace", namespace, "--ignore-not-found"],
    ...["--show-managed-fields", "--output", "json"],
  ]);
  const [workloads, data] = await Promise.all([
    liveObjects(kubectl, namespace, workloadKinds),
    liveObjects(kubectl, namespace, dataKinds),
  ]);
  return plan({
    namespace: place.trim() === "" ? undefined : (JSON.parse(place) as LiveObject),
    workloads,
    data,
    stopped: deployments.map(({ name }) => name),
    deletesData,
  });
}

const deadline = "120s";

/** Deletes one object and waits until it has gone; one that went meanwhile is as good. */
export async function remove(kubectl: Kubectl, object: LiveObject): Promise<void> {
  const { namespace, name } = object.metadata;
  const place = namespace === undefined ? [] : ["--namespace", namespace];
  await kubectl([
    ...["delete", object.kind.toLowerCase(), name, ...place],
    ...["--ignore-not-found", "--wait", `--timeout=${deadline}`],
  ]);
}
