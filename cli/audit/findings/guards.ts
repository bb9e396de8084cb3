import type { KubernetesObject } from "../../kubernetes";
import { amount } from "../../preflight/amounts";
import { forWorkloads, inhabited, type Inventory } from "../inventory";
import { type Command, kubectl, kubectlApply, mend, type Rule } from "../model";

/** What keeps a namespace from harming the others, and what is lacking where it is not there. */
const guards = [
  {
    reading: "quotas",
    kind: "ResourceQuota",
    without: "no ResourceQuota: it may take the whole cluster",
    command: quotaCommand,
  },
  {
    reading: "limitRanges",
    kind: "LimitRange",
    without: "no LimitRange: a container that says nothing has no limit",
    command: (_: Inventory, namespace: string) => kubectlApply(limitRange(namespace)),
  },
  {
    reading: "networkPolicies",
    kind: "NetworkPolicy",
    without: "no NetworkPolicy: any pod of the cluster may call any of its pods",
    command: (_: Inventory, namespace: string) => kubectlApply(sameNamespaceOnly(namespace)),
  },
] as const;

/** Namespaces with workloads and without quotas or policies. */
export const missingGuards: Rule = {
  name: "unguarded",
  about: "missing quotas and policies",
  needs: [...forWorkloads, "quotas", "limitRanges", "networkPolicies"],
  find: (inventory) =>
    inhabited(inventory).flatMap((namespace) => {
      const missing = guards.filter(
        ({ reading }) => !inventory[reading].some((it) => it.metadata.namespace === namespace),
      );
      if (missing.length === 0) return [];
      return [
        {
          level: "warning" as const,
          subject: `Namespace ${namespace}`,
          namespace,
          what: `has no ${missing.map(({ kind }) => kind).join(", no ")}`,
          evidence: missing.map(({ without }) => without),
          mend: mend(
            "What this program makes has all three. For what it does not make, these are to begin with: the policy shuts out callers from other namespaces, an ingress controller among them.",
            ...missing.map(({ command }) => command(inventory, namespace)),
          ),
        },
      ];
    }),
};

/** Twice what is there now, so that an update has room. A quota of CPU would refuse pods that ask for none. */
function quotaCommand(inventory: Inventory, namespace: string): Command {
  const pods = inventory.workloads
    .filter((it) => it.namespace === namespace)
    .reduce((sum, { desired, pods: now }) => sum + Math.max(desired ?? 1, now.length), 0);
  const storage = inventory.claims
    .filter(({ metadata }) => metadata.namespace === namespace)
    .reduce((sum, { spec }) => sum + amount(spec?.resources?.requests?.storage ?? "0"), 0);
  const hard = [
    `pods=${String(Math.max(2 * pods, 4))}`,
    `requests.storage=${String(Math.max(1, Math.ceil((2 * storage) / 2 ** 30)))}Gi`,
  ];
  return kubectl("create", "quota", "namespace", "-n", namespace, `--hard=${hard.join(",")}`);
}

function limitRange(namespace: string): KubernetesObject {
  return {
    ...{ apiVersion: "v1", kind: "LimitRange", metadata: { name: "defaults", namespace } },
    ...{
      spec: {
        limits: [
          {
            type: "Container",
            defaultRequest: { cpu: "100m", memory: "256Mi" },
            default: { cpu: "1", memory: "1Gi" },
          },
        ],
      },
    },
  };
}

function sameNamespaceOnly(namespace: string): KubernetesObject {
  return {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
    ...{
      metadata: { name: "same-namespace-only", namespace },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: {} }] }],
      },
    },
  };
}
