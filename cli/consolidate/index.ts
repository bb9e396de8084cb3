export { deleteLeftovers, type Removed } from "./leftovers";
export { type Phase, phases, type Releases, type Request, type Site } from "./model";
export { findRemaining } from "./releases";
export { planTextOf } from "./report";
export { advance, type Advanced, goAllBack, planConsolidation, releasesOf } from "./run";
export { Store } from "./state";
