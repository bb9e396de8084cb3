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
export {
  describeResource,
  hasState,
  type LockHolder,
  pendingCreations,
  readState,
  removeHalfWritten,
  removeStaleLocks,
  stateResources,
} from "./state";
export type { PendingCreation, StateResource } from "./state-file";
export {
  openWorkspace,
  withStackLock,
  withTemporaryFolder,
  type Workspace,
  type WorkspaceOptions,
} from "./workspace";
