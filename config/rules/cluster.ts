import { type Fault, nearest } from "../faults";
import type { RuleInput } from "./index";

/** Rules within `platform:cluster`. */
export function clusterRules({ settings, encrypted }: RuleInput): Fault[] {
  const { cluster } = settings;
  const faults: Fault[] = [];
  const offered = Object.keys(cluster.storageClasses);
  if (!offered.includes(cluster.defaultStorageClass)) {
    faults.push({
      path: ["cluster", "defaultStorageClass"],
      value: cluster.defaultStorageClass,
      expected: `one of ${offered.join(", ")}`,
      judgedBy: [["cluster", "storageClasses"]],
    });
  }
  const credentials = cluster.registryCredentials;
  if (credentials !== undefined && !encrypted.includes(credentials.key)) {
    const meant = nearest(credentials.key, encrypted);
    faults.push({
      path: ["cluster", "registryCredentials", "key"],
      value: credentials.key,
      expected: "the name of an encrypted setting of this stack",
      mend:
        meant === undefined
          ? `set it with: pulumi config set --secret platform:${credentials.key} < .dockerconfigjson`
          : `did you mean ${meant}?`,
    });
  }
  return faults;
}
