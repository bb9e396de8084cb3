/**
 * Ways in which somebody could get past a rule without meaning to, or by meaning to: each is seen. And
 * what is near to them and right goes through.
 */
import { check } from "../../policy/check";
import { factsIn } from "../../policy/facts";
import type { RuleName } from "../../policy/names";
import { type FixtureStack, goodStack, type Resource, subjectsOf } from "./fixtures";
import { containerOf, podOf, templateOf } from "./fixtures/edit";

const operators = ["certManager", "keda", "prometheusOperator", "volumeSnapshots"];
const capabilities = Object.fromEntries(operators.map((one) => [one, true]));

function broken(edit: (stack: FixtureStack) => void, config: object = {}): string[] {
  const stack = goodStack();
  edit(stack);
  const facts = factsIn({
    config: { "platform:environment": "prod", "platform:cluster": { capabilities }, ...config },
  });
  const { violations } = check(subjectsOf(Object.values(stack)), facts);
  return [...new Set(violations.map(({ rule }) => rule))];
}

type Edit = (stack: FixtureStack) => void;

const became = (resource: Resource, type: string, kind: string): void => {
  resource.type = type;
  resource.props.kind = kind;
};
const image =
  (name: string): Edit =>
  ({ web }) => {
    containerOf(web).image = `docker.io/acme/app:${name}`;
  };
const variable =
  (name: string): Edit =>
  ({ web }) => {
    containerOf(web).env.push({ name, value: "abc" });
  };
const granted =
  (...[resource = "", ...verbs]: readonly string[]): Edit =>
  ({ role }) => {
    role.props.rules = [{ apiGroups: [""], resources: [resource], verbs }];
  };
const from =
  (peer: object): Edit =>
  ({ webPolicy }) => {
    webPolicy.props.spec.ingress[0].from = [peer];
  };
const address = (cidr: string): Edit => from({ ipBlock: { cidr } });
const namespaces = (...matchExpressions: object[]): Edit =>
  from({ namespaceSelector: { matchExpressions } });
const reads =
  (volume: object): Edit =>
  ({ web }) => {
    podOf(web).volumes.push({ name: "read", ...volume });
  };
const patched: Edit = ({ setup }) => {
  became(setup, "kubernetes:apps/v1:DeploymentPatch", "Deployment");
  setup.props.spec = { template: { spec: { hostPID: true, containers: [] } } };
};
const scaledByKeda =
  (maximum: object): Edit =>
  ({ scaler, web }) => {
    became(scaler, "kubernetes:keda.sh/v1alpha1:ScaledObject", "ScaledObject");
    scaler.props.apiVersion = "keda.sh/v1alpha1";
    scaler.props.spec = { scaleTargetRef: { name: "web" }, ...maximum };
    delete podOf(web).topologySpreadConstraints;
  };
const foreignClaim: Edit = ({ store }) => {
  podOf(store).volumes = [
    { name: "data", persistentVolumeClaim: { claimName: "data-old-postgresql-0" } },
  ];
};
const unsaved: Edit = (stack) => {
  foreignClaim(stack);
  stack.backup.props.spec.suspend = true;
};
const onOneClaim = (one: Resource): void => {
  podOf(one).volumes = [
    { name: "data", persistentVolumeClaim: { claimName: "postgres-data" } },
    { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
  ];
};
const key = Buffer.from("-----BEGIN RSA PRIVATE KEY-----\n").toString("base64");

const seen: readonly (readonly [RuleName, string, Edit])[] = [
  [
    "known-kind",
    "a helm release",
    ({ files }) => {
      became(files, "kubernetes:helm.sh/v3:Release", "");
    },
  ],
  [
    "known-kind",
    "a patch of a role",
    ({ role }) => {
      role.type = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRolePatch";
    },
  ],
  ["known-kind", "a patch of what pods are", patched],
  ["no-host-access", "a patch of what pods are", patched],
  [
    "no-secret-reading-rbac",
    "a patch of a role",
    ({ role }) => {
      role.type = "kubernetes:rbac.authorization.k8s.io/v1:RolePatch";
      role.props.rules[0].resources = ["secrets"];
    },
  ],
  [
    "no-host-access",
    "a ReplicationController",
    ({ web }) => {
      became(web, "kubernetes:core/v1:ReplicationController", "ReplicationController");
      podOf(web).hostNetwork = true;
    },
  ],
  [
    "no-host-access",
    "a ScaledJob",
    ({ setup }) => {
      became(setup, "kubernetes:keda.sh/v1alpha1:ScaledJob", "ScaledJob");
      podOf(setup).hostNetwork = true;
      setup.props.spec = { jobTargetRef: setup.props.spec };
    },
  ],
  [
    "no-service-account-token",
    "a projected token",
    reads({ projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }),
  ],
  [
    "no-service-account-token",
    "a Secret that is a token",
    ({ secret }) => {
      secret.props.type = "kubernetes.io/service-account-token";
    },
  ],
  ...["latest-pg16", "1.2.3-latest", "alpine", "16", "stable-1.2"].map(
    (tag) => ["image-pinned", `the tag ${tag}`, image(tag)] as const,
  ),
  ...[
    ["pods", "create"],
    ["*/exec", "create"],
    ["nodes/proxy", "create"],
    ["secrets", "patch"],
    ["secrets", "update"],
    ["secrets", "*"],
  ].map(
    (grant) =>
      ["no-secret-reading-rbac", `a grant of ${grant.join(" ")}`, granted(...grant)] as const,
  ),
  ["no-wildcard-rbac", "a grant of */exec", granted("*/exec", "create")],
  [
    "no-wildcard-rbac",
    "an aggregated role",
    ({ role }) => {
      role.props.aggregationRule = { clusterRoleSelectors: [{}] };
    },
  ],
  ...["10.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "2000::/3"].map(
    (cidr) => ["network-policy-narrow", cidr, address(cidr)] as const,
  ),
  [
    "network-policy-narrow",
    "namespaces that have some label",
    namespaces({ key: "kubernetes.io/metadata.name", operator: "Exists" }),
  ],
  [
    "network-policy-narrow",
    "namespaces but one",
    namespaces({ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["other"] }),
  ],
  [
    "network-policy-narrow",
    "a protocol without a port",
    ({ webPolicy }) => {
      webPolicy.props.spec.ingress[0].ports = [{ protocol: "TCP" }];
    },
  ],
  ...["ENCRYPTION_KEY", "BEARER", "SIGNING_KEY", "AZURE_STORAGE_KEY", "OCI_CLI_KEY_CONTENT"].map(
    (name) => ["no-secret-in-env", `a variable ${name}`, variable(name)] as const,
  ),
  [
    "no-secret-in-config-map",
    "a private key as binary data",
    ({ files }) => {
      files.props.binaryData = { "server.key": key };
    },
  ],
  [
    "generated-secret-rotates",
    "all keys of a Secret as variables",
    ({ web }) => {
      containerOf(web).envFrom = [{ secretRef: { name: "postgres" } }];
    },
  ],
  ["generated-secret-rotates", "a Secret as files", reads({ secret: { secretName: "postgres" } })],
  [
    "generated-secret-rotates",
    "a Secret among projected files",
    reads({ projected: { sources: [{ secret: { name: "postgres" } }] } }),
  ],
  ["backup-for-each-store", "a claim of somebody else's", unsaved],
  [
    "volume-shared-across-nodes",
    "two servers on one claim",
    ({ web, scaler, store }) => {
      scaler.props.spec.maxReplicas = 1;
      web.props.spec.strategy = { type: "Recreate" };
      onOneClaim(web);
      onOneClaim(store);
    },
  ],
  [
    "volume-shared-across-nodes",
    "several pods on a claim of somebody else's",
    (stack) => {
      foreignClaim(stack);
      stack.store.props.spec.replicas = 2;
    },
  ],
  [
    "volume-shared-across-nodes",
    "a DaemonSet on one claim",
    ({ store }) => {
      became(store, "kubernetes:apps/v1:DaemonSet", "DaemonSet");
    },
  ],
  ["spread-over-nodes", "as many replicas as KEDA likes", scaledByKeda({})],
  [
    "liveness-independent",
    "the check of a program beside the one that is known",
    ({ web }) => {
      podOf(web).containers.push({ ...containerOf(web), name: "proxy" });
    },
  ],
];

it.each(seen)("%s sees %s", (rule, _, edit) => {
  expect(broken(edit)).toContain(rule);
});

const right: readonly (readonly [string, Edit])[] = [
  ...["v1.2.3", "0.8.0-pg16", "RELEASE.2025-04-22T22-12-26Z", "sha-3f2a9c1", "20250422"].map(
    (tag) => [`the tag ${tag}`, image(tag)] as const,
  ),
  ["a tag with a digest", image(`latest@sha256:${"0".repeat(64)}`)],
  ["a block of a private network", address("10.0.0.0/8")],
  [
    "namespaces by their names",
    namespaces({ key: "kubernetes.io/metadata.name", operator: "In", values: ["monitoring"] }),
  ],
  ...["SIGNING_KEY_ID", "VAPID_PUBLIC_KEY", "PARTITION_KEY", "KEYCLOAK_REALM"].map(
    (name) => [`a variable ${name}`, variable(name)] as const,
  ),
  [
    "a Secret as files, with its generation",
    (stack) => {
      reads({ secret: { secretName: "postgres" } })(stack);
      templateOf(stack.web.props).metadata.annotations["rotation.platform/postgres.password"] = "1";
    },
  ],
  ["a certificate's Secret as files", reads({ secret: { secretName: "web-tls" } })],
  ["a claim of somebody else's that is backed up", foreignClaim],
  ["as many replicas as one", scaledByKeda({ maxReplicaCount: 1 })],
];

it.each(right)("%s is right", (_, edit) => {
  expect(broken(edit)).toEqual([]);
});

describe("what the settings say", () => {
  it("goes for an image of one's own, whose program is the same", () => {
    expect(broken(({ web }) => (containerOf(web).image = "ghcr.io/acme/ours:1.0.0"))).toEqual([]);
  });

  it("goes for a registry that the stack file names", () => {
    const edit: Edit = ({ web }) => {
      containerOf(web).image = "registry.acme.example/team/app:1.0.0";
    };
    const named = { app: { image: "registry.acme.example/team/app:1.0.0" } };
    expect(broken(edit)).toEqual(["image-registry-allowed"]);
    expect(broken(edit, { "platform:thunderline": named })).toEqual([]);
    const told = { note: "registry.acme.example/team/app:1.0.0" };
    expect(broken(edit, { "platform:thunderline": told })).toEqual(["image-registry-allowed"]);
  });

  it("is the reason for no backup of a claim that is somebody else's, at its server", () => {
    const edit: Edit = (stack) => {
      unsaved(stack);
      stack.store.props.metadata.annotations["policy.platform/backup-for-each-store"] =
        "the old release still backs it up";
    };
    expect(broken(edit)).toEqual([]);
  });
});
