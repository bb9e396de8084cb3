/**
 * Proves each finding of the preflight on a real API server, which enforces rights and quotas. Does not
 * prove what a container does with what was found, nor what the registries of the images say: in their
 * place a server on this machine gives every image, for both kinds of processor.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { check, type Declared, declare, type Result } from "../../cli/preflight";
import { withSession } from "../../cli/session";
import { type Target, withTarget } from "../../cli/target";
import type { Override } from "../../cli/workspace";
import { Stage } from "./stage";

const stage = new Stage("dev");
const folder = mkdtempSync(join(tmpdir(), "platform-preflight-"));
let registry: Server;
let declared: Declared;
/** What is found anyway, so that a test looks at what it has broken alone. */
let usual: string[] = [];
const inNamespace = ["--namespace=faultmaven"];

/** An address inside the blocks that the stack's settings say of each host. */
const addresses: Readonly<Record<string, string>> = {
  "api.openai.com": "104.16.0.1",
  "source-db.example.com": "192.0.2.1",
};

function onTarget<T>(work: (target: Target) => Promise<T>): Promise<T> {
  const { workspace, stack } = stage;
  return withTarget({ workspace, stack, embedded: true }, work);
}

/** What a preflight finds now, but for what is well. */
function faults(change: (target: Target) => Target = (target) => target): Promise<string[]> {
  return onTarget(async (target) => {
    const lookup = async (host: string): Promise<string[]> => [addresses[host] ?? ""];
    const results = await check(change(target), declared, { lookup });
    return results.filter(({ status }) => status !== "passed").map(textOf);
  });
}

async function newFaults(change?: (target: Target) => Target): Promise<string[]> {
  return (await faults(change)).filter((text) => !usual.includes(text));
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/** The API server takes a group from its list a moment after the last definition has gone. */
async function groupIsGone(group: string): Promise<void> {
  const served = async (): Promise<boolean> =>
    (await stage.kubectl("get", "--raw", "/apis")).includes(`"name":"${group}"`);
  while (await served()) await sleep(200);
}

function textOf({ status, check: name, subject, evidence }: Result): string {
  return `${status} ${name}: ${subject}: ${evidence}`;
}

/** The telemetry's broker and Kafka are somebody else's, and no embedded cluster has them. */
async function makeNeighbours(): Promise<void> {
  for (const [namespace, port] of [
    ["mosquitto", "1883"],
    ["redpanda-v2", "9092"],
  ] as const) {
    await stage.kubectl("create", "namespace", namespace);
    await stage.kubectl(
      ...["-n", namespace, "create", "service", "clusterip"],
      namespace,
      `--tcp=${port}`,
    );
  }
}

beforeAll(async () => {
  const manifests = ["amd64", "arm64"].map((architecture) => ({
    platform: { os: "linux", architecture },
  }));
  registry = createServer((_, response) =>
    response.writeHead(200).end(JSON.stringify({ manifests })),
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => registry.once("listening", resolve));
  const { port } = registry.address() as AddressInfo;
  const { workspace, stack } = stage;
  await withSession({ workspace, stack }, () => makeNeighbours());
  const overrides: readonly Override[] = [
    ...stage.settings("cluster", { imageRegistry: `127.0.0.1:${port}` }),
    ...stage.settings("faultmaven", {
      model: { apiKey: { from: "existing", secretName: "model-key", key: "token" } },
    }),
  ];
  declared = await onTarget((target) => declare(target, { overrides }));
  usual = await faults();
}, 300_000);

afterAll(async () => {
  registry.close();
  rmSync(folder, { recursive: true });
  await stage.end();
}, 120_000);

it("before the first update, the Secret of others is missing and nothing else", () => {
  expect(usual).toEqual([
    expect.stringMatching(
      /^failed secrets: Secret faultmaven\/model-key: not on the cluster; Deployment faultmaven\/faultmaven-blue cannot start/,
    ),
  ]);
}, 60_000);

it("a StorageClass that is gone", async () => {
  const text = await stage.kubectl("get", "storageclass", "standard", "--output=json");
  const { metadata, ...rest } = JSON.parse(text) as { metadata: Record<string, unknown> };
  const { name, labels, annotations } = metadata;
  const anew = JSON.stringify({ ...rest, metadata: { name, labels, annotations } });
  await stage.kubectl("delete", "storageclass", "standard");
  expect(await newFaults()).toEqual([
    expect.stringMatching(
      /^failed classes: StorageClass standard: not on the cluster, which has: none; for PersistentVolumeClaim /,
    ),
  ]);
  await stage.kubectl("create", "--filename", file("class.json", anew));
}, 60_000);

it("an operator that the settings name and that is not installed", async () => {
  const withIssuers = (target: Target): Target => {
    const { settings } = target;
    const capabilities = { ...settings.cluster.capabilities, certManager: true };
    return { ...target, settings: { ...settings, cluster: { ...settings.cluster, capabilities } } };
  };
  expect(await newFaults(withIssuers)).toEqual([]);
  const all = (await stage.kubectl("get", "crd", "--output=name")).split("\n");
  const ofIssuers = all.filter((name) =>
    /^[^.]+\.[^.]+\.k8s\.io\/[^.]+\.cert-manager\.io$/.test(name),
  );
  await stage.kubectl("delete", "--wait", ...ofIssuers);
  await groupIsGone("cert-manager.io");
  expect(await newFaults(withIssuers)).toEqual([
    "failed definitions: Definitions of cert-manager.io: platform:cluster.capabilities.certManager is true, and the cluster does not serve this group",
  ]);
}, 90_000);

describe("in a namespace of the stack's that somebody else has made", () => {
  beforeAll(async () => {
    await stage.kubectl("create", "namespace", "faultmaven");
    await stage.kubectl(
      ...inNamespace,
      "create",
      "secret",
      "generic",
      "model-key",
      "--from-literal=other=hidden-value",
    );
  }, 60_000);

  it("the namespace has another owner, and its Secret no such key", async () => {
    const found = await newFaults();
    expect(found).toEqual([
      "failed owners: Namespace faultmaven: there already, and not in the state; fields written by kubectl-create",
      expect.stringMatching(
        /^failed secrets: Secret faultmaven\/model-key: it has no key token; its keys are other; for Deployment /,
      ),
    ]);
    expect(found.join()).not.toContain("hidden-value");
    await stage.kubectl(...inNamespace, "delete", "secret", "model-key");
    await stage.kubectl(
      ...inNamespace,
      "create",
      "secret",
      "generic",
      "model-key",
      "--from-literal=token=hidden-value",
    );
    usual = await faults();
    expect(usual).toEqual([expect.stringMatching(/^failed owners: Namespace faultmaven/)]);
  }, 60_000);

  it("an object of our name belongs to a Helm release", async () => {
    await stage.kubectl(...inNamespace, "create", "serviceaccount", "faultmaven-blue");
    await stage.kubectl(
      ...inNamespace,
      ...["annotate", "serviceaccount", "faultmaven-blue"],
      ...["meta.helm.sh/release-name=shop", "meta.helm.sh/release-namespace=faultmaven"],
    );
    expect(await newFaults()).toEqual([
      "failed owners: ServiceAccount faultmaven/faultmaven-blue: there already, and not in the state; of the Helm release faultmaven/shop",
    ]);
    await stage.kubectl(...inNamespace, "delete", "serviceaccount", "faultmaven-blue");
  }, 60_000);

  it("a quota of others is too small", async () => {
    await stage.kubectl(...inNamespace, "create", "quota", "theirs", "--hard=pods=1");
    expect(await newFaults()).toEqual([
      expect.stringMatching(
        /^failed quota: ResourceQuota faultmaven\/theirs: pods is 1, others hold 0; the stack needs \d+ all the time/,
      ),
    ]);
    await stage.kubectl(...inNamespace, "delete", "quota", "theirs");
  }, 60_000);
});

describe("as an identity without all rights", () => {
  let kubeconfig: string;
  const asThem = (target: Target): Target => ({ ...target, kubeconfig });

  beforeAll(async () => {
    await stage.kubectl("create", "serviceaccount", "ci", "--namespace=default");
    const token = await stage.kubectl("create", "token", "ci", "--namespace=default");
    const view = await stage.kubectl("config", "view", "--raw", "--output=json");
    const config = JSON.parse(view) as { users: { user: object }[] };
    for (const entry of config.users) entry.user = { token: token.trim() };
    kubeconfig = file("kubeconfig.json", JSON.stringify(config));
  }, 60_000);

  it("nothing that cannot be read has passed, and each missing right is named", async () => {
    const found = await faults(asThem);
    for (const name of ["quota", "nodes", "owners", "secrets", "classes", "images"]) {
      expect(found).toContainEqual(
        expect.stringMatching(new RegExp(`^unchecked ${name}: .* 403: `)),
      );
    }
    expect(found).toContainEqual(
      expect.stringMatching(
        /^failed rights: Rights on deployments\.apps: the identity may not get, list, watch, create, patch in faultmaven, /,
      ),
    );
    expect(
      found.filter((text) => text.startsWith("failed") && !text.startsWith("failed rights")),
    ).toEqual([]);
  }, 90_000);

  it("with all rights on a kind but to make it, just that is named", async () => {
    const everythingElse = {
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
      metadata: { name: "ci" },
      rules: [
        {
          apiGroups: [
            "",
            "apps",
            "batch",
            "networking.k8s.io",
            "policy",
            "storage.k8s.io",
            "metrics.k8s.io",
          ],
          resources: ["*"],
          verbs: ["*"],
        },
        {
          apiGroups: ["rbac.authorization.k8s.io"],
          resources: ["clusterroles"],
          verbs: ["get", "list", "watch"],
        },
      ],
    };
    await stage.kubectl("create", "--filename", file("role.json", JSON.stringify(everythingElse)));
    await stage.kubectl(
      ...["create", "clusterrolebinding", "ci", "--clusterrole=ci"],
      "--serviceaccount=default:ci",
    );
    const found = await newFaults(asThem);
    expect(found.filter((text) => text.includes("clusterroles"))).toEqual([
      "failed rights: Rights on clusterroles.rbac.authorization.k8s.io: the identity may not create, patch in the cluster",
    ]);
  }, 90_000);
});
