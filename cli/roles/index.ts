export { roleManifests } from "./manifests";
export { clusterKinds, namespacedKinds, type UsedKind } from "./kinds";
export { type Reach, reachOf } from "./reach";
export { deployer, type Rule } from "./rules";
