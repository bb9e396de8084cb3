import type { Fault } from "../faults";
import type { Settings } from "../settings";
import { backupRules } from "./backup";
import { blockRules } from "./blocks";
import { claimRules, dataFolderRules } from "./claims";
import { clusterRules } from "./cluster";
import { faultmavenRules } from "./faultmaven";
import { philotesRules } from "./philotes";
import { secretRules } from "./secrets";
import { telemetryRules } from "./telemetry";
import { thunderlineRules } from "./thunderline";

/** What the rules may look at: the settings, and which encrypted settings the stack has. */
export interface RuleInput {
  readonly settings: Settings;
  readonly encrypted: readonly string[];
}

/** The rules between settings, which a schema of single values cannot say. */
export const rules: readonly ((input: RuleInput) => Fault[])[] = [
  blockRules,
  backupRules,
  claimRules,
  dataFolderRules,
  secretRules,
  clusterRules,
  thunderlineRules,
  faultmavenRules,
  philotesRules,
  telemetryRules,
];
