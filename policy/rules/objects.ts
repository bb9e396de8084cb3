import type { Facts } from "../facts";
import type { Finding, ObjectRule, Subject } from "../model";
import { fields, get, text } from "../read";
import { annotationsOf, finding, groupOf, kindOf, labelsOf } from "../subjects";

/** Each kind that some rule looks at, or that nothing can be wrong with. Whoever adds one has looked. */
const knownKinds: Readonly<Record<string, readonly string[]>> = {
  "apps/v1": ["DaemonSet", "Deployment", "StatefulSet"],
  "autoscaling/v2": ["HorizontalPodAutoscaler"],
  "batch/v1": ["CronJob", "Job"],
  "cert-manager.io/v1": ["Certificate"],
  "core/v1": [
    ...["ConfigMap", "LimitRange", "Namespace", "PersistentVolumeClaim", "ResourceQuota"],
    ...["Secret", "Service", "ServiceAccount"],
  ],
  "keda.sh/v1alpha1": ["ScaledObject", "TriggerAuthentication"],
  "monitoring.coreos.com/v1": ["PodMonitor", "PrometheusRule", "ServiceMonitor"],
  "networking.k8s.io/v1": ["Ingress", "NetworkPolicy"],
  "policy/v1": ["PodDisruptionBudget"],
  "rbac.authorization.k8s.io/v1": ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"],
};

const replicasPatch = "kubernetes:apps/v1:DeploymentPatch";

const knownKind: ObjectRule = {
  of: "object",
  name: "known-kind",
  severity: "critical",
  description:
    "Every object is of a kind that these rules know; a patch of somebody else's sets a Deployment's number of replicas, and nothing else.",
  check: (subject) => {
    if (!subject.type.startsWith("kubernetes:")) return [];
    if (subject.type === replicasPatch) return beyondReplicas(subject);
    const [, version = "", kind = ""] = subject.type.split(":");
    const known = Object.hasOwn(knownKinds, version) && knownKinds[version]?.includes(kind);
    return known === true ? [] : [finding(subject, "", "a kind of the policy pack's list")];
  },
};

function beyondReplicas(patch: Subject): readonly Finding[] {
  return Object.keys(fields(patch.props.spec))
    .filter((key) => key !== "replicas")
    .map(() => finding(patch, "spec", "replicas alone, as a patch"));
}

/** Kinds that are in no namespace. */
const ofTheCluster = ["Namespace", "ClusterRole", "ClusterRoleBinding"];

const nameDeclared: ObjectRule = {
  of: "object",
  name: "name-declared",
  severity: "high",
  description:
    "Every object has the name and the namespace that it is given: others rely on them, and a made-up name changes with a replacement.",
  check: (subject) => {
    const kind = kindOf(subject);
    if (kind === undefined) return [];
    const { name, namespace, generateName } = (get(subject.props, "metadata") ?? {}) as Record<
      string,
      unknown
    >;
    const made = annotationsOf(subject)["pulumi.com/autonamed"] === "true";
    const unnamed = text(name) === undefined || made || generateName !== undefined;
    const homeless =
      !ofTheCluster.includes(kind) &&
      (text(namespace) === undefined || namespace === "default" || isOfTheSystem(namespace));
    return [
      ...(unnamed ? [finding(subject, "metadata.name", "a name")] : []),
      ...(homeless ? [finding(subject, "metadata.namespace", "a namespace of the stack")] : []),
    ];
  },
};

function isOfTheSystem(namespace: unknown): boolean {
  return typeof namespace === "string" && namespace.startsWith("kube-");
}

const ownerLabels: ObjectRule = {
  of: "object",
  name: "owner-labels",
  severity: "medium",
  description: "Every object says by labels what it is, what it is a part of, and who manages it.",
  check: (subject) =>
    kindOf(subject) === undefined
      ? []
      : ["name", "part-of", "instance", "managed-by"]
          .map((label) => `app.kubernetes.io/${label}`)
          .filter((label) => labelsOf(subject)[label] === undefined)
          .map((label) => finding(subject, `metadata.labels["${label}"]`, "a value")),
};

const waitSkipped: ObjectRule = {
  of: "object",
  name: "wait-skipped-with-reason",
  severity: "medium",
  description: "An update waits for each object, unless it is said why it need not.",
  check: (subject) =>
    kindOf(subject) !== undefined && annotationsOf(subject)["pulumi.com/skipAwait"] === "true"
      ? [finding(subject, 'metadata.annotations["pulumi.com/skipAwait"]', "not to be set")]
      : [],
};

/** The operator that each group of kinds needs. */
const operators: Readonly<Record<string, keyof Facts["capabilities"]>> = {
  "acme.cert-manager.io": "certManager",
  "cert-manager.io": "certManager",
  "keda.sh": "keda",
  "monitoring.coreos.com": "prometheusOperator",
  "snapshot.storage.k8s.io": "volumeSnapshots",
};

/** The API server's own groups that the program may use. */
const builtIn = [
  "",
  "apps",
  "autoscaling",
  "batch",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
];

const customResourceWithCapability: ObjectRule = {
  of: "object",
  name: "custom-resource-with-capability",
  severity: "high",
  description: "An operator's object appears only where the settings say that it is installed.",
  check: (subject, { capabilities }) => {
    if (kindOf(subject) === undefined) return [];
    const group = groupOf(subject);
    const operator = operators[group];
    const served = operator === undefined ? builtIn.includes(group) : capabilities[operator];
    return served
      ? []
      : [
          finding(
            subject,
            "apiVersion",
            operator === undefined
              ? "a group that the policy pack knows"
              : `platform:cluster.capabilities.${operator} to be true`,
          ),
        ];
  },
};

/** How objects are declared. */
export const objectRules = [
  knownKind,
  nameDeclared,
  ownerLabels,
  waitSkipped,
  customResourceWithCapability,
] as const;
