export { policyPage } from "./policy";
export { reviewingPage } from "./reviewing";
export { type KubernetesObject, servicesPage } from "./services";
export { streamsPage } from "./streams";
export { pageFile, pageNames, writePage } from "./write";
