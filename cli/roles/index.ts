export { roleManifests } from "./manifests";
export { clusterKinds, namespacedKinds, type UsedKind } from "./kinds";
export { deployer, type Rule } from "./rules";
