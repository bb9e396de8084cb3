import type { FileSet, Tool } from "./model";
import { argumentsOf, versions } from "./tools";

/** Tells autoscalers what pods use, for the test that sees them scale; no command runs it. */
export const metricsServer: Tool = {
  kind: "programs",
  name: "metrics-server",
  version: versions.metricsServer,
  programs: [{ name: "metrics-server", version: argumentsOf("--version") }],
  release: () => [], // Its vendor publishes an image alone.
  builds: [
    {
      module: "metrics-server",
      packages: { "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server" },
      variables: { "k8s.io/client-go/pkg/version.gitVersion": `v${versions.metricsServer}` },
      minutes: 2.5,
    },
  ],
};

const kwokFiles = (name: string, folder: string, holds: string): FileSet => ({
  kind: "files",
  name,
  module: "kwok",
  holds,
  sources: [{ module: "sigs.k8s.io/kwok", folders: [`kustomize/metrics/${folder}`] }],
});

/** kwok's answer of a simulated kubelet to metrics-server. */
export const kubeletMetrics = kwokFiles("kubelet-metrics", "resource", "Metric");

/** What kwok's simulated pods use: what their annotations say. */
export const annotatedUsage = kwokFiles("annotated-usage", "usage", "ClusterResourceUsage");
