import type { Api } from "../kubernetes";
import { forPlace } from "./command-text";
import { findAll } from "./findings";
import { readInventory } from "./inventory";
import type { Audit } from "./model";

export { maskedText, maskedValues } from "./mask";
export { atOrAbove, type Audit, countsOf, type Finding, type Level, levels } from "./model";
export { auditData } from "./report/data";
export { auditHtml } from "./report/html";
export { auditMarkdown } from "./report/markdown";
export { auditText, findingLines } from "./report/text";

/** How an audit is made. */
export interface AuditOptions {
  /** @default now */
  readonly now?: Date;
  /** The file that the commands are to name, where it is not the user's own kubeconfig. */
  readonly kubeconfig?: string | undefined;
  /** The stack whose embedded cluster it is. @default none */
  readonly stack?: string | undefined;
}

/**
 * Looks at all that lives on a cluster. It only reads. What may not be read is told as unchecked.
 *
 * @throws UserError where the cluster does not answer, or lets nothing be read
 */
export async function audit(
  api: Api,
  { now = new Date(), kubeconfig, stack }: AuditOptions = {},
): Promise<Audit> {
  const inventory = await readInventory(api);
  const findings = forPlace(findAll(inventory), { context: api.context, kubeconfig, stack });
  return { context: api.context, at: now.toISOString(), inventory, findings };
}
