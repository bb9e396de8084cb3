export {
  countTests,
  type Layer,
  layerNamed,
  type LayerName,
  layers,
  type Outcome,
  runLayer,
  tell,
} from "./layers";
export { type Figure, figuresAsText, figuresVariable, readFigures, report } from "./figures";
export { proofFiles } from "./proofs";
