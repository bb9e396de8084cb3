export { carryOut, type Site, type Timing } from "./carry-out";
export { look, type Retiring } from "./look";
export type { Situation, StepName } from "./model";
export { intents, refusals, unreached } from "./plan";
export { nextStep, type Place, planData, planText, resultData, resultText } from "./report";
