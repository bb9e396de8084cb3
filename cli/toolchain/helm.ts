import type { Tool } from "./model";
import { argumentsOf, versions } from "./tools";

/** Installs the releases that the tests of `adopt` take over; the command itself never runs it. */
export const helm: Tool = {
  kind: "programs",
  name: "helm",
  version: versions.helm,
  programs: [{ name: "helm", version: argumentsOf("version", "--short") }],
  release: ({ os, arch }) => {
    const url = `https://get.helm.sh/helm-v${versions.helm}-${os}-${arch}.tar.gz`;
    return [{ url, checksum: { kind: "list", url: `${url}.sha256sum` }, strip: 1 }];
  },
  builds: [
    {
      module: "helm",
      packages: { helm: "helm.sh/helm/v3/cmd/helm" },
      variables: { "helm.sh/helm/v3/internal/version.version": `v${versions.helm}` },
      minutes: 1.2,
    },
  ],
};
