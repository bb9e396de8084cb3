export { helmMarks } from "./marks";
export { decodeRecord, encodeRecord, type HelmRecord, objectsIn } from "./record";
export { chartOf, type HelmRelease, readReleases, releaseKey } from "./releases";
