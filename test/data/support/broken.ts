import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import type { KubernetesObject } from "../../../cli/docs";

type Fields = Readonly<Record<string, unknown>>;

function object(apiVersion: string, kind: string, name: string, rest: Fields): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace: "store" }, ...rest };
}

function pods(name: string, spec: Fields): Fields {
  return {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec },
  };
}

const bare = { name: "main", image: "nginx:latest" };

/** A workload that says nothing of what it should, and asks to be let off. */
const silent = {
  ...object("apps/v1", "Deployment", "silent", {
    spec: { replicas: 2, ...pods("silent", { containers: [bare] }) },
  }),
  metadata: {
    name: "silent",
    namespace: "store",
    annotations: {
      "kube-score/ignore": "container-image-tag",
      "checkov.io/skip1": "CKV_K8S_14=it asks to be let off",
    },
  },
};

/** A workload that takes all that it can get. */
const greedy = object("apps/v1", "Deployment", "greedy", {
  spec: {
    replicas: 2,
    ...pods("greedy", {
      hostNetwork: true,
      hostPID: true,
      hostIPC: true,
      containers: [
        {
          ...bare,
          ports: [{ containerPort: 80, hostPort: 80 }],
          securityContext: {
            privileged: true,
            allowPrivilegeEscalation: true,
            capabilities: { add: ["SYS_ADMIN", "NET_RAW"] },
          },
          volumeMounts: [{ name: "docker", mountPath: "/var/run/docker.sock" }],
        },
      ],
      volumes: [{ name: "docker", hostPath: { path: "/var/run/docker.sock" } }],
    }),
  },
});

const rbac = "rbac.authorization.k8s.io";

/** A role with one grant that is too great, and the account that has it. */
function granted(name: string, group: string, resources: string[], verbs: string[]): Fields[] {
  const kept = { apiVersion: `${rbac}/v1`, metadata: { name } };
  return [
    { ...kept, kind: "ClusterRole", rules: [{ apiGroups: [group], resources, verbs }] },
    {
      ...kept,
      kind: "ClusterRoleBinding",
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name: "ruler", namespace: "store" }],
    },
  ];
}

/** Objects as nobody should write them. */
export const brokenObjects: readonly KubernetesObject[] = [
  silent,
  greedy,
  object("apps/v1", "StatefulSet", "lonely", {
    spec: { replicas: 2, serviceName: "lonely", ...pods("lonely", { containers: [bare] }) },
  }),
  object("v1", "Service", "open", {
    spec: { type: "NodePort", selector: { app: "silent" }, ports: [{ port: 80 }] },
  }),
  object("policy/v1", "PodDisruptionBudget", "empty", {
    spec: { selector: { matchLabels: { app: "greedy" } } },
  }),
  object("networking.k8s.io/v1", "NetworkPolicy", "aimless", {
    spec: { podSelector: { matchLabels: { app: "nobody" } }, policyTypes: ["Ingress"] },
  }),
  object("autoscaling/v2", "HorizontalPodAutoscaler", "silent", {
    spec: {
      minReplicas: 2,
      maxReplicas: 4,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "silent" },
    },
  }),
  object("v1", "ServiceAccount", "ruler", {}),
  ...[
    granted("all", "*", ["*"], ["*"]),
    granted("reads", "", ["secrets"], ["get", "list"]),
    granted("enters", "", ["pods/exec"], ["create"]),
    granted("poses", "", ["serviceaccounts"], ["impersonate"]),
    granted("binds", rbac, ["clusterroles", "clusterrolebindings"], ["bind"]),
    granted("escalates", rbac, ["clusterroles"], ["escalate"]),
  ].flatMap((pair) => pair as unknown as KubernetesObject[]),
];

/** Runs with a folder that has each broken object in a file of its own. */
export async function withBroken<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "broken-"));
  try {
    for (const one of brokenObjects) {
      writeFileSync(join(folder, `${one.kind}.${one.metadata.name}.yaml`), stringify(one));
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
