/** How an object tells that a GitOps controller owns it. The marks are those that the controllers document. */
import { gitOpsOwner } from "../../../cli/telemetry/gitops";
import type { LiveObject } from "../../../cli/telemetry/live";

const object = (metadata: Partial<LiveObject["metadata"]>): LiveObject => ({
  kind: "Deployment",
  metadata: { name: "bridge", ...metadata },
});

const instance = { "app.kubernetes.io/instance": "homelab" };

it.each([
  [
    "Argo's tracking id",
    { annotations: { "argocd.argoproj.io/tracking-id": "homelab:apps/Deployment:old/bridge" } },
    'the Argo CD application "homelab"',
  ],
  [
    "Argo's own label",
    { labels: { "argocd.argoproj.io/instance": "homelab" } },
    'the Argo CD application "homelab"',
  ],
  [
    "the common label on what Argo has written",
    { labels: instance, managedFields: [{ manager: "argocd-controller" }] },
    'the Argo CD application "homelab"',
  ],
  [
    "Flux's labels of a kustomization",
    {
      labels: {
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "gitops",
      },
    },
    'the Flux kustomization "gitops/apps"',
  ],
  [
    "Flux's label of a release",
    { labels: { "helm.toolkit.fluxcd.io/name": "telemetry" } },
    'the Flux helmrelease "flux-system/telemetry"',
  ],
])("knows the owner by %s", (_, metadata, owner) => {
  expect(gitOpsOwner(object(metadata))?.owner).toBe(owner);
});

it.each([
  ["nothing", {}],
  ["the common label alone, which Helm sets too", { labels: instance }],
  [
    "the common label on what kubectl has written",
    { labels: instance, managedFields: [{ manager: "kubectl-client-side-apply" }] },
  ],
])("sees no owner in %s", (_, metadata) => {
  expect(gitOpsOwner(object(metadata))).toBeUndefined();
});

it("says how to stop each", () => {
  const mends = ["kustomize", "helm"].map(
    (kind) => gitOpsOwner(object({ labels: { [`${kind}.toolkit.fluxcd.io/name`]: "x" } }))?.mend,
  );
  expect(mends[0]).toContain("flux suspend kustomization x --namespace flux-system");
  expect(mends[1]).toContain("flux suspend helmrelease x --namespace flux-system");
});
