import type { Tool } from "./model";
import { argumentsOf, versions } from "./tools";

/** Judges pods by the Pod Security Standards, with the code of the API server. Nobody publishes it as a program. */
export const podSecurity: Tool = {
  kind: "programs",
  name: "pod-security",
  version: versions.podSecurity,
  programs: [{ name: "pod-security", version: argumentsOf("-version") }],
  release: () => [],
  builds: [
    {
      module: "pod-security",
      packages: { "pod-security": "." },
      variables: { "main.version": versions.podSecurity },
      minutes: 1,
    },
  ],
};
