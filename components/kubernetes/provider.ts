import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { clusterName } from "../../config/cluster";
import { requireContext } from "../../config/context";
import type { Settings } from "../../config/settings";

/**
 * The one provider of the program: the stack's cluster and no other, or a folder of YAML files where
 * the settings ask for a rendering.
 */
export function provider(settings: Settings): k8s.Provider {
  const { cluster, render } = settings;
  // Empty, the provider reads KUBECONFIG itself; left out, the SDK would write its path into the state,
  // and the next person's path would show as a change.
  const kubeconfig = "";
  // A changed file or secret keeps its object, and its readers roll by their annotations.
  const mutable = { enableConfigMapMutable: true, enableSecretMutable: true };
  if (render !== undefined) {
    const { directory: renderYamlToDirectory } = render;
    return new k8s.Provider("cluster", { kubeconfig, renderYamlToDirectory, ...mutable });
  }
  if (!pulumi.runtime.isDryRun()) requireContext(cluster.context);
  return new k8s.Provider("cluster", {
    kubeconfig,
    context: cluster.context,
    // A cluster that moves to a new address is still the same cluster, with the same objects in it.
    clusterIdentifier: clusterName(cluster),
    ...mutable,
    // The client's own limit, 50 requests a second, makes a preview of many objects wait for itself.
    kubeClientSettings: { qps: 200, burst: 400 },
  });
}
