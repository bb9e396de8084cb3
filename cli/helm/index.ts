export { helmMarks } from "./marks";
export { decodeRecord, encodeRecord, type HelmRecord, objectsIn, UnreadableRecord } from "./record";
export { chartOf, type HelmRelease, readReleases, releaseKey } from "./releases";
export { claimsOf, liveObjects, type ReleaseObject, unservedKinds } from "./live";
export { reinstall } from "./reinstall";
export { planUninstall, uninstall, type Uninstallation } from "./uninstall";
export { isDown } from "./status";
