/**
 * Proves what is said of images once the registry has been asked, and who is shown whose credentials. The
 * registry is a server on this machine that has every image.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { parseImage, registryUrl } from "../../../cli/preflight/image-name";
import { images, registryFindings } from "../../../cli/preflight/images";
import type { PreflightContext } from "../../../cli/preflight/model";
import { architecturesOf, type LiveNode } from "../../../cli/preflight/nodes";
import { keysOf } from "../../../cli/preflight/pull-secrets";
import type { Verdict } from "../../../cli/preflight/registry";
import { answering, refused, told } from "./answering";

it.each([
  ["redis", "docker.io", "library/redis", "latest"],
  ["acme/web:1.0", "docker.io", "acme/web", "1.0"],
  ["ghcr.io/acme/web:1.0", "ghcr.io", "acme/web", "1.0"],
  ["localhost:5000/web", "localhost:5000", "web", "latest"],
  ["mirror.example.com/cache/docker.io/x/y:1", "mirror.example.com", "cache/docker.io/x/y", "1"],
  ["quay.io/acme/web:1.0@sha256:abc", "quay.io", "acme/web", "sha256:abc"],
])("%s is taken apart", (image, registry, repository, reference) => {
  expect(parseImage(image)).toEqual({ registry, repository, reference });
});

it("only this machine's own registry is asked in clear", () => {
  expect(registryUrl("docker.io")).toBe("https://registry-1.docker.io");
  expect(registryUrl("localhost.example.com")).toBe("https://localhost.example.com");
  expect(registryUrl("127.0.0.1:5000")).toBe("http://127.0.0.1:5000");
});

const findings = (verdict: Verdict, architectures: string[] = [], withKey = false) =>
  registryFindings(
    "ghcr.io",
    [{ name: "ghcr.io/acme/web:1.0", verdict }],
    withKey ? new Map([["ghcr.io", { username: "u", password: "p" }]]) : new Map(),
    architectures,
  ).map(({ status, evidence }) => `${status}: ${evidence}`);

it("an image that is not there has failed", () => {
  expect(findings({ kind: "absent" })).toEqual(["failed: its registry has no such image"]);
});

it("an image for other processors than the nodes' has failed", () => {
  const verdict: Verdict = { kind: "there", architectures: ["amd64"] };
  expect(findings(verdict, ["amd64"])).toEqual(["passed: there, for amd64"]);
  expect(findings(verdict, ["amd64", "arm64"])).toEqual([
    "failed: made for amd64, and there are nodes of arm64",
  ]);
});

it("for which processors an image is made, and nobody says, is unchecked; the image is there", () => {
  const verdict: Verdict = { kind: "there" };
  expect(findings(verdict, ["amd64", "arm64"])).toEqual([
    "unchecked: there; the registry does not say for which processors, and there are nodes of amd64 and arm64; ghcr.io/acme/web:1.0",
  ]);
  expect(findings(verdict)).toEqual(["passed: there"]);
});

it("the processors are those of the nodes that take the stack's pods", () => {
  const node = (architecture: string, ready = "True", spec: object = {}): LiveNode => ({
    metadata: { name: architecture, labels: { "kubernetes.io/arch": architecture } },
    spec,
    status: { conditions: [{ type: "Ready", status: ready }] },
  });
  const tainted = { taints: [{ effect: "NoSchedule" }] };
  const all = [
    node("amd64"),
    node("arm64", "False"),
    node("s390x", "True", tainted),
    node("ppc64le", "True", { unschedulable: true }),
  ];
  expect(architecturesOf(all)).toEqual(["amd64"]);
});

it("processors of nodes that may not be read are unchecked, whatever the registry has", async () => {
  const manifests = [{ platform: { os: "linux", architecture: "amd64" } }];
  const registry = createServer((_, response) =>
    response.writeHead(200).end(JSON.stringify({ manifests })),
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => registry.once("listening", resolve));
  const host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
  const deployment = {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "acme" } },
    spec: { template: { spec: { containers: [{ name: "web", image: `${host}/acme/web:1.0` }] } } },
  };
  const cluster = answering({ "/api/v1/nodes": refused });
  const context = { objects: [deployment], cluster, registry: { timeoutMs: 2_000 } };
  const found = told(await images(context as unknown as PreflightContext));
  registry.close();
  expect(found).toEqual([
    `passed Images in ${host}: 1: there`,
    expect.stringMatching(/^unchecked Processors of the images: .* 403: forbidden$/),
  ]);
});

it("a refusal has failed only where credentials were shown: nodes may have their own", () => {
  const verdict: Verdict = { kind: "refused", status: 401 };
  expect(findings(verdict, [], true)[0]).toMatch(/^failed: its registry refuses the credentials/);
  expect(findings(verdict)[0]).toMatch(/^unchecked: the registry gives nothing without/);
});

it("what a registry does not say is unchecked", () => {
  expect(findings({ kind: "unknown", why: "ETIMEDOUT" })[0]).toMatch(/^unchecked: .*ETIMEDOUT/);
});

describe("the registries of a pull secret", () => {
  const keys = (auths: object) =>
    keysOf({
      data: {
        ".dockerconfigjson": Buffer.from(JSON.stringify({ auths })).toString("base64"),
      },
    });

  it("are known by their names, Docker Hub by that of its images", () => {
    const auth = Buffer.from("puller:wo:rd").toString("base64");
    const known = keys({
      "https://index.docker.io/v1/": { auth },
      "ghcr.io": { username: "u", password: "p" },
    });
    expect([...known]).toEqual([
      ["docker.io", { username: "puller", password: "wo:rd" }],
      ["ghcr.io", { username: "u", password: "p" }],
    ]);
  });

  it("are none where the secret is not understood", () => {
    expect(keysOf({ data: { ".dockerconfigjson": "!" } }).size).toBe(0);
    expect(keysOf({}).size).toBe(0);
  });
});
