export { type Adopting, adopting, type Adoption, planAdoption, type Request } from "./adoption";
export { again, type Applied, applyAdoption, refusedExit, requireReady } from "./apply";
export { goBack, type WentBack } from "./back";
export { finishAdoption, type Finished, requireFinishable } from "./finish";
export { readRelease, type Release } from "./release";
