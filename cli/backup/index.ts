export { backUp, backUpAsPlanned, type BackupResult, type Making } from "./backup";
export { type KeptRelease } from "./documents";
export {
  type ArchiveEntry,
  type ArchiveManifest,
  type BackupRequest,
  type DataPlan,
  type Missing,
  usualCopyImage,
  usualDeadlineSeconds,
} from "./model";
export { passphraseVariable, readPassphrase, requirePassphrase } from "./passphrase";
export { type BackupPlan, planBackup } from "./plan";
export { type Containers } from "./pods";
export { exits, madeText, planJson, planText, verifiedText } from "./report";
export {
  type Archived,
  readArchivedObjects,
  type State,
  type Verified,
  verifyArchive,
} from "./verify";
