import type { Rule } from "../model";
import { containerRules } from "./containers";
import { dataRules } from "./data";
import { namespaceRules } from "./namespaces";
import { networkRules } from "./network";
import { objectRules } from "./objects";
import { podRules } from "./pods";
import { rbacRules } from "./rbac";
import { rotationRules } from "./rotation";
import { secretRules } from "./secrets";
import { workloadRules } from "./workloads";

/** All rules on resources. What excuses from them has a rule of its own, `exception-justified`. */
export const rules: readonly Rule[] = [
  ...containerRules,
  ...podRules,
  ...workloadRules,
  ...networkRules,
  ...rbacRules,
  ...namespaceRules,
  ...dataRules,
  ...secretRules,
  ...rotationRules,
  ...objectRules,
];
