export {
  clusterStatus,
  deleteCluster,
  ensureCluster,
  noteSeen,
  runningCluster,
  stopCluster,
  type ClusterStatus,
  type EmbeddedCluster,
} from "./cluster";
export { serverOf } from "./kubeconfig";
export { kubectl, type Kubectl, kubectlOfEmbedded, kubectlOfUser } from "./kubectl";
export { clusterPaths, type ClusterPaths } from "./names";
export type { ClusterDemands } from "./objects";
export { requireRealCluster } from "./real";
