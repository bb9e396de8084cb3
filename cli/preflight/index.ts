export { checks } from "./checks";
export { type Place, type Result, type Status, statuses } from "./model";
export { check, type Declared, declare, preflight, type PreflightOptions } from "./preflight";
export { countsOf, reportText, worstFirst } from "./report";
