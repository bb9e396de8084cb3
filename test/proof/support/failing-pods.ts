import { clusterPaths } from "../../../cli/cluster";
import { failureMarks } from "../../../cli/cluster/configuration";
import { type KubernetesObject, openApi } from "../../../cli/kubernetes";
import type { Checkout } from "./checkout";
import { namespace } from "./philotes-api";
import { until } from "./until";

/** How the pods of a workload are to fail, in the words of a kubelet. */
export interface Failure {
  readonly reason: string;
  readonly message: string;
  /** How its container ended the last time, where it ever ran. */
  readonly last?: { readonly reason: string; readonly exitCode: number; readonly restarts: number };
}

const policy = "failing-pods";

/** Has each new pod of a workload fail, by marks that the API server itself puts on them. */
export async function failPods(
  checkout: Checkout,
  workload: string,
  { reason, message, last }: Failure,
): Promise<void> {
  const labels = { [failureMarks.reason]: reason };
  const annotations = {
    [failureMarks.message]: message,
    ...(last === undefined
      ? {}
      : {
          [failureMarks.last]: last.reason,
          [failureMarks.exitCode]: String(last.exitCode),
          [failureMarks.restarts]: String(last.restarts),
        }),
  };
  const name = `object.metadata.?labels["app.kubernetes.io/name"].orValue("")`;
  const { kubeconfig } = clusterPaths(checkout.workspace, checkout.stack);
  const api = await openApi({ kubeconfig });
  const objects: readonly KubernetesObject[] = [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicy",
      metadata: { name: policy },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
          ],
        },
        matchConditions: [{ name: "workload", expression: `${name} == "${workload}"` }],
        failurePolicy: "Fail",
        reinvocationPolicy: "Never",
        mutations: [
          {
            patchType: "ApplyConfiguration",
            applyConfiguration: {
              expression:
                "Object{metadata: Object.metadata{" +
                `labels: ${JSON.stringify(labels)}, annotations: ${JSON.stringify(annotations)}}}`,
            },
          },
        ],
      },
    } as KubernetesObject,
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicyBinding",
      metadata: { name: policy },
      spec: { policyName: policy },
    } as KubernetesObject,
  ];
  for (const object of objects) await api.create(object);
  await until(async () => (await tried(checkout, workload)).includes(JSON.stringify(message)));
}

/** From now on they start as simulated pods do. Those that are there stay as they are. */
export async function healPods(checkout: Checkout, workload: string): Promise<void> {
  await checkout.kubectl(
    ...["delete", "mutatingadmissionpolicies,mutatingadmissionpolicybindings", policy],
    "--ignore-not-found",
  );
  await until(async () => !(await tried(checkout, workload)).includes(failureMarks.message));
}

/** What would become of a pod of the workload: the API server takes a policy up after a while. */
async function tried(checkout: Checkout, workload: string): Promise<string> {
  return checkout.kubectl(
    ...["run", "tried", "--image=none", "-n", namespace, "--dry-run=server", "--output=json"],
    `--labels=app.kubernetes.io/name=${workload}`,
    `--overrides=${JSON.stringify({ spec: restricted })}`,
  );
}

/** As the namespace demands it. */
const restricted = {
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: "RuntimeDefault" },
  },
  containers: [
    {
      name: "tried",
      image: "none",
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  ],
};
