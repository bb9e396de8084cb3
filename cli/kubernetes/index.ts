export { type Api, fieldManager, type Reference, type Where } from "./api";
export { ApiFault } from "./http";
export * from "./kinds";
export { openApi, type Opening } from "./open";
export { type ContainerOf, execIn, type Executed, type Forwarding, forwardTo, logOf } from "./pods";
