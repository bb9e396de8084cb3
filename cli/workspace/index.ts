export {
  eventLogArguments,
  pulumi,
  type PulumiContext,
  type PulumiOptions,
  withoutTsNode,
} from "./pulumi";
export { operationArguments, prepareStack, type PreparedStack } from "./prepare";
export { readSettings } from "./settings";
export { stackSetting, type Override } from "./stack-file";
export { listStacks, readStackFile, requireStack } from "./stacks";
export { describeResource, hasState, readState, stateResources, type StateResource } from "./state";
export {
  openWorkspace,
  withStackLock,
  withTemporaryFolder,
  type Workspace,
  type WorkspaceOptions,
} from "./workspace";
