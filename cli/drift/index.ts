export { driftOf, findDrift } from "./drift";
export { type Drift, hasDrifted } from "./model";
export { markdownReport, textReport } from "./report";
