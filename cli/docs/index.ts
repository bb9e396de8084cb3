export { type KubernetesObject, servicesPage } from "./services";
export { servicesFile, writeServices } from "./write";
