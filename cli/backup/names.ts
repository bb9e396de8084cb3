import { createHash } from "node:crypto";

/** The files of an archive, beside those of the data. */
export const manifestName = "manifest.json";
/** The checksums of all others, as `sha256sum --check` reads them. */
export const sumsName = "SHA256SUMS";
/** The same of all but itself, encrypted: who has no passphrase cannot change a file and its checksum. */
export const sealName = "seal.age";

export const paths = {
  objects: "objects.yaml.age",
  secrets: "secrets.yaml.age",
  helm: "helm.yaml.age",
  volumes: "volumes.json",
} as const;

export const dataPath = {
  postgres: (claim: string) => `data/${short(claim)}.postgres.tar.age`,
  copy: (claim: string) => `data/${short(claim)}.tar.gz.age`,
} as const;

/** The name of a claim may be longer than a file's, with an ending, can be. */
function short(claim: string): string {
  if (claim.length <= 200) return claim;
  return `${claim.slice(0, 190)}-${createHash("sha256").update(claim).digest("hex").slice(0, 8)}`;
}
