import { checkov } from "./checkov";
import { kubeLinter } from "./kube-linter";
import { kubeScore } from "./kube-score";
import type { Tool, ToolName } from "./model";
import { nsa } from "./nsa";
import { polaris } from "./polaris";

export { scanExceptions } from "./exceptions";
export { optionalChecks } from "./kube-score";
export type { Answer, ScanException, Scanner, Tool, ToolName } from "./model";
export { toolNames } from "./model";

/** What other tools ask for, and who asks for it here. */
export const tools: Readonly<Record<ToolName, Tool>> = {
  "kube-score": kubeScore,
  checkov,
  "kube-linter": kubeLinter,
  polaris,
  nsa,
};
