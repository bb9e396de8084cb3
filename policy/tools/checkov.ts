import { decisions } from "./decisions";
import { all, decision, elsewhere, rules, scan, server, type Tool } from "./model";

const numbered = (numbers: readonly number[]): string[] =>
  numbers.map((number) => `CKV_K8S_${String(number)}`);

/** From the first to the last, both included. */
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** All checks of checkov's framework `kubernetes`. */
export const checkov: Tool = {
  title: "checkov",
  source: "3.3.30, `checkov -l --framework kubernetes`",
  checks: {
    ...all(rules("probes-declared"), numbered([8, 9])),
    ...all(rules("resources-declared"), numbered(range(10, 13))),
    ...all(rules("image-pinned"), numbered([14])),
    ...all(
      rules("security-context-restricted"),
      numbered([16, 20, 23, 25, 28, 29, 30, 31, 37, 39]),
    ),
    ...all(rules("no-host-access"), numbered([17, 18, 19, 26, 27])),
    ...all(rules("read-only-root-filesystem"), numbered([22])),
    ...all(rules("no-service-account-token"), numbered([38])),
    ...all(rules("no-wildcard-rbac"), numbered([49])),
    ...all(rules("no-secret-reading-rbac", "no-wildcard-rbac", "role-of-the-stack"), [
      ...numbered([157, 158]),
      "CKV2_K8S_2",
      "CKV2_K8S_3",
      "CKV2_K8S_5",
    ]),
    CKV2_K8S_6: rules("network-policy-per-workload", "namespace-default-deny"),
    ...all(scan("checkov"), [
      ...numbered([21, 33, 34, 41, 42, 44, 45, ...range(152, 156), 159]),
      "CKV2_K8S_1",
      "CKV2_K8S_4",
    ]),
    CKV_K8S_15: decision(decisions.pullPolicy, "image-pinned"),
    CKV_K8S_35: decision(decisions.secretFiles, "no-secret-in-env"),
    CKV_K8S_40: decision(decisions.highUser, "security-context-restricted"),
    CKV_K8S_43: decision(decisions.digest, "image-pinned"),
    ...all(
      server(
        "Kubernetes has no PodSecurityPolicy since 1.25; each namespace enforces `restricted`",
      ),
      numbered([...range(1, 7), 24, 32, 36]),
    ),
    ...all(
      elsewhere("arguments of the control plane, of etcd and of kubelets"),
      numbered([
        ...range(68, 75),
        ...range(77, 86),
        ...range(88, 97),
        99,
        100,
        102,
        ...range(104, 108),
        ...range(110, 119),
        121,
        ...range(138, 141),
        ...range(143, 149),
        151,
      ]),
    ),
  },
};
