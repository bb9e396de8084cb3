export type * from "./model";
export { planOf, readPlan } from "./events";
export { failuresIn, readFailures } from "./failures";
export { planUpdate, type PreviewOptions } from "./preview";
export { type AgainstOptions, type Comparison, planAgainst } from "./renderings";
