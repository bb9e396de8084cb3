/** Proves what is said of the Secrets by which pods pull. What a registry makes of them is not seen. */
import type { PreflightContext } from "../../../cli/preflight/model";
import type { StackObject } from "../../../cli/preflight/objects";
import { pullSecrets } from "../../../cli/preflight/pull-secrets";
import { answering, refused, told } from "./answering";

const deployment = (imagePullSecrets: readonly object[] = [{ name: "pull" }]): StackObject => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "acme" } },
  spec: {
    template: {
      spec: {
        imagePullSecrets,
        containers: [
          { name: "web", image: "ghcr.io/acme/web:1.0" },
          { name: "proxy", image: "quay.io/acme/proxy:1.0" },
        ],
      },
    },
  },
});
const own: StackObject = {
  ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "pull", namespace: "acme" } },
};

const word = "hidden-value";
const secret = (...registries: string[]) => {
  const auths = Object.fromEntries(
    registries.map((registry) => [registry, { username: "puller", password: word }]),
  );
  const text = Buffer.from(JSON.stringify({ auths })).toString("base64");
  return {
    metadata: { name: "pull" },
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": text },
  };
};

async function findings(live: unknown, objects = [deployment()]): Promise<string[]> {
  const cluster = answering({ "/api/v1/namespaces/acme/secrets/pull": live });
  const found = told(await pullSecrets({ objects, cluster } as unknown as PreflightContext));
  expect(found.join()).not.toContain(word);
  return found;
}

it("one for all registries of its pods has passed", async () => {
  expect(await findings(secret("ghcr.io", "quay.io"))).toEqual([
    "passed Secret acme/pull: there, for ghcr.io, quay.io",
  ]);
});

it("one without a registry of its pods is warned of: the nodes may have credentials", async () => {
  expect(await findings(secret("ghcr.io"))).toEqual([
    "warning Secret acme/pull: for ghcr.io; its pods also pull from quay.io",
  ]);
});

it("one that nobody has made has failed, unless the update makes it", async () => {
  expect(await findings(undefined)).toEqual([
    "failed Secret acme/pull: not on the cluster; Deployment acme/web cannot pull without it",
  ]);
  expect(await findings(undefined, [deployment(), own])).toEqual([
    "passed Secret acme/pull: the update makes it",
  ]);
});

it("one of another type has failed: the kubelet would not read it", async () => {
  expect(await findings({ ...secret("ghcr.io"), type: "Opaque" })).toEqual([
    "failed Secret acme/pull: of type Opaque; expected kubernetes.io/dockerconfigjson",
  ]);
});

it("one that may not be read is unchecked", async () => {
  expect(await findings(refused)).toEqual([
    expect.stringMatching(/^unchecked Secret acme\/pull: .* 403: /),
  ]);
});

it("there is none to look for where no pod names one", async () => {
  expect(await findings(undefined, [deployment([])])).toEqual([
    "passed Image pull secrets: no pod names one",
  ]);
});
