export { readImages, type Reading, writeLock } from "./lock";
export { readingsText, usedText } from "./report";
export { type UsedImage, usedImages } from "./used";
export { nameOf, wantedImages } from "./wanted";
