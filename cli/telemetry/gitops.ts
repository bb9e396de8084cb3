import type { LiveObject } from "./live";

/** A controller that brings an object back to what a repository says. */
export interface GitOpsOwner {
  /** With its name: `the Argo CD application "telemetry"`. */
  readonly owner: string;
  /** What to do about it. */
  readonly mend: string;
}

const argoManager = "argocd-controller";

/** The GitOps controller that owns an object, if one does, by the marks that it puts on. */
export function gitOpsOwner(object: LiveObject): GitOpsOwner | undefined {
  return argo(object) ?? fluxKustomization(object) ?? fluxRelease(object);
}

function argo({ metadata }: LiveObject): GitOpsOwner | undefined {
  const { labels = {}, annotations = {}, managedFields = [] } = metadata;
  const tracked = annotations["argocd.argoproj.io/tracking-id"];
  const own = "argocd.argoproj.io/instance";
  const instance = labels[own] ?? annotations[own];
  // Helm and others set this label too: it says nothing of Argo unless Argo has written the object.
  const common = managedFields.some(({ manager }) => manager === argoManager)
    ? labels["app.kubernetes.io/instance"]
    : undefined;
  const name = tracked?.split(":")[0] ?? instance ?? common;
  if (name === undefined) return undefined;
  return {
    owner: `the Argo CD application "${name}"`,
    mend: `take it out of the application without pruning it, or stop that one: argocd app set ${name} --sync-policy none`,
  };
}

function fluxKustomization({ metadata: { labels = {} } }: LiveObject): GitOpsOwner | undefined {
  const name = labels["kustomize.toolkit.fluxcd.io/name"];
  if (name === undefined) return undefined;
  return flux("kustomization", name, labels["kustomize.toolkit.fluxcd.io/namespace"]);
}

function fluxRelease({ metadata: { labels = {} } }: LiveObject): GitOpsOwner | undefined {
  const name = labels["helm.toolkit.fluxcd.io/name"];
  if (name === undefined) return undefined;
  return flux("helmrelease", name, labels["helm.toolkit.fluxcd.io/namespace"]);
}

function flux(kind: string, name: string, namespace = "flux-system"): GitOpsOwner {
  return {
    owner: `the Flux ${kind} "${namespace}/${name}"`,
    mend: `take it out of there without pruning it, or stop that one: flux suspend ${kind} ${name} --namespace ${namespace}`,
  };
}
