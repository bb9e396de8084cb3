export { type KubernetesObject, servicesPage } from "./services";
export { streamsPage } from "./streams";
export { pageFile, writePage } from "./write";
