import type { Reason } from "../model";
import { kindOf } from "../system";
import { isKey, keyOf } from "./data";
import { goes, howItGoes, type Judged, stays, touches } from "./judged";

/** Kinds that say who may do what. */
const rights = /^(Cluster)?Role(Binding)?$/;

/**
 * Kinds that nothing finds by their name. What an Ingress or a policy is for is exposure, and that of
 * a scaler replicas; a Job's name changes with its content, and its run is what counts.
 */
const nameless =
  /^(NetworkPolicy|Ingress|Job|PodDisruptionBudget|HorizontalPodAutoscaler|ScaledObject|ResourceQuota|LimitRange|ServiceMonitor|PodMonitor|PrometheusRule)$/;

const rules: readonly { readonly path: RegExp; readonly kinds?: RegExp; readonly text: string }[] =
  [
    { path: /^metadata\.name(space)?$/, text: "it has another name or namespace" },
    {
      path: /^spec\.(selector|serviceName)\b/,
      kinds: /^(Deployment|StatefulSet|DaemonSet|PodDisruptionBudget)$/,
      text: "it selects other pods",
    },
    {
      path: /^spec\.selector\b/,
      kinds: /^Service$/,
      text: "it selects other pods: whoever calls its name reaches those",
    },
    {
      path: /^spec\.(jobTemplate\.spec\.)?template\.metadata\.labels(\.name|\["app\.kubernetes\.io\/(name|part-of)"\])$/,
      text: "its pods have another name: Services and network policies choose by it",
    },
    {
      path: /\.serviceAccount(Name)?$|\.automountServiceAccountToken$/,
      text: "its pods act as another service account",
    },
    {
      path: /^(?!metadata\.(labels|annotations)\b)/,
      kinds: /^ServiceAccount$/,
      text: "a service account changes",
    },
    {
      path: /^metadata\.labels\["pod-security\.kubernetes\.io\//,
      kinds: /^Namespace$/,
      text: "what pods may do in this namespace changes",
    },
  ];

/** What others know an object by, or what it may do. */
export function identityReasons(change: Judged): readonly Reason[] {
  const texts = [
    ...gone(change),
    ...comes(change),
    ...allowed(change),
    ...renamed(change),
    ...credentials(change),
  ];
  return texts.map((text) => ({ risk: "identity", text }));
}

function gone(change: Judged): readonly string[] {
  const { type } = change.resource;
  if (stays(change)) {
    return ["is left to itself: it stays in the cluster, and the program no longer knows it"];
  }
  if (!goes(change)) return [];
  if (type.startsWith("pulumi:providers:kubernetes")) {
    return ["this is another cluster: all objects are made anew there"];
  }
  const kind = kindOf(change.resource);
  if (!type.startsWith("kubernetes:") || nameless.test(kind) || rights.test(kind)) return [];
  return [
    `${howItGoes(change)}: whoever knows it by its name finds it no more${meanwhile(change)}`,
  ];
}

/** What others can act as, before anything is granted to it. */
function comes({ operation, resource }: Judged): readonly string[] {
  return operation === "create" && kindOf(resource) === "ServiceAccount"
    ? ["is new: pods of its namespace may act as it"]
    : [];
}

function meanwhile({ operation }: Judged): string {
  return operation === "replace" ? " meanwhile" : "";
}

function allowed(change: Judged): readonly string[] {
  if (!rights.test(kindOf(change.resource))) return [];
  switch (change.operation) {
    case "create":
      return ["gives rights"];
    case "delete":
      return ["takes rights away"];
    default:
      return ["changes rights"];
  }
}

function renamed(change: Judged): readonly string[] {
  const kind = kindOf(change.resource);
  // With other content a Job has another name: that is how it runs again.
  if (change.operation === "create" || change.operation === "delete" || kind === "Job") return [];
  return rules
    .filter(({ path, kinds }) => (kinds?.test(kind) ?? true) && touches(change, path))
    .map(({ text }) => text);
}

/** The value behind a key that stays: what logs in with it has to take it up. */
function credentials({ resource, properties }: Judged): readonly string[] {
  if (kindOf(resource) !== "Secret") return [];
  return properties
    .filter(({ path, before, after }) => isKey(path) && before !== undefined && after !== undefined)
    .map(({ path }) => `the value of its key ${keyOf(path)} changes`);
}
