import { kinds, type Pod } from "../kubernetes";
import type { ValidationContext } from "./model";

/** The annotation of a node that is simulated. */
const simulatedNode = "kwok.x-k8s.io/node";

/** The simulated nodes of this cluster, which may also have real ones. */
export async function simulatedNodes({
  api,
}: Pick<ValidationContext, "api">): Promise<readonly string[]> {
  // Nodes are the whole cluster's: who may not read them is on a real one.
  const nodes = await api.list(kinds.nodes).catch(() => []);
  return nodes
    .filter(({ metadata }) => metadata.annotations?.[simulatedNode] !== undefined)
    .map(({ metadata }) => metadata.name);
}

/** Which pods are simulated: nothing runs in them, and nothing can end in them. */
export async function simulatedPods(
  context: Pick<ValidationContext, "api" | "simulated">,
): Promise<(pod: Pod) => boolean> {
  if (context.simulated) return () => true;
  const nodes = await simulatedNodes(context);
  return ({ spec }) => nodes.includes(spec?.nodeName ?? "");
}
