/** Proves what a pod's template says; that the API server admits it, the engine and cluster tests show. */
import * as pulumi from "@pulumi/pulumi";

import { Claim } from "../../../components/kubernetes/claim";
import { ConfigFiles } from "../../../components/kubernetes/config-files";
import { type Env, type SecretRef } from "../../../components/kubernetes/env";
import { type Mount, type PodArgs, podTemplate } from "../../../components/kubernetes/pod";
import { httpProbe, sameProbe } from "../../../components/kubernetes/probe";
import { Workload } from "../../../components/kubernetes/workload";
import { given } from "../../../components/scope";
import fc from "../../support/fast-check";
import type { Container, PodTemplate } from "../../support/manifests";
import { testScope } from "../../support/scope";
import { resources, server } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

function template(args: Partial<PodArgs> = {}): PodTemplate {
  return podTemplate(server(args), undefined, {}) as PodTemplate;
}

function container(args: Partial<PodArgs> = {}): Container {
  return template(args).spec?.containers?.[0] ?? {};
}

describe("a pod under the restricted Pod Security Standard", () => {
  it("runs as a numbered user that is not root, in a seccomp profile", () => {
    expect(template({ runAsUser: 4711 }).spec?.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 4711,
      runAsGroup: 4711,
      fsGroup: 4711,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    });
  });

  it("gains no privileges and writes nothing but its mounts", () => {
    expect(container().securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
  });

  it("has an account of its own without a token of the API server", () => {
    expect(template().spec).toMatchObject({
      serviceAccountName: "web",
      automountServiceAccountToken: false,
    });
  });

  it("has a token where it asks the API server", () => {
    const apiAccess = { apiGroup: "apps", resource: "deployments", verbs: ["list"] };
    expect(template({ apiAccess }).spec?.automountServiceAccountToken).toBe(true);
  });

  it("is not told of every Service in its namespace", () => {
    expect(template().spec?.enableServiceLinks).toBe(false);
  });
});

describe("what prepares a pod", () => {
  const preparation = { image: "docker.io/acme/tools:1.0.0", command: ["/bin/true"] };
  const folder: Mount = { kind: "scratch", name: "tools", path: "/tools", sizeLimit: "1Mi" };
  const secret: Mount = { kind: "secret", secretName: "login", path: "/login" };
  const first = (): Container =>
    template({ preparation, env: { MODE: "fast" }, mounts: [folder, secret] }).spec
      ?.initContainers?.[0] ?? {};

  it("is another image, under the same restrictions and with the same resources", () => {
    expect(first()).toMatchObject({
      ...preparation,
      resources,
      securityContext: container().securityContext,
    });
  });

  it("sees the scratch folders alone, and no variable", () => {
    expect([first().env, first().volumeMounts?.map(({ name }) => name)]).toEqual([
      [],
      ["tools", "tmp"],
    ]);
  });

  it("is not there where nothing has to be prepared", () => {
    expect(template().spec).not.toHaveProperty("initContainers");
  });
});

describe("a container", () => {
  it("has the resources that the settings name", () => {
    expect(container().resources).toEqual(resources);
  });

  it("is pulled through the stack's registry", () => {
    const scope = testScope({ cluster: { imageRegistry: "mirror.example.com" } });
    expect(container({ scope }).image).toBe("mirror.example.com/docker.io/acme/web:1.0.0");
  });

  it("leaves the command to its image unless one is given", () => {
    expect(Object.keys(container())).not.toContain("command");
  });

  it("runs the command that is given", () => {
    expect(container({ command: ["/bin/web"], args: ["--fast"] })).toMatchObject({
      command: ["/bin/web"],
      args: ["--fast"],
    });
  });

  it("can write temporary files", () => {
    expect(container().volumeMounts).toEqual([{ name: "tmp", mountPath: "/tmp" }]);
  });

  it("prefers its own variables to those of its connections", () => {
    const to = { name: "db", host: "db", port: 1, peer: addresses, ready: [] };
    const connections = [{ to, env: { MODE: "shared", DB: "db" } }];
    expect(container({ connections, env: { MODE: "own" } }).env).toEqual([
      { name: "DB", value: "db" },
      { name: "MODE", value: "own" },
    ]);
  });
});

describe("registry credentials", () => {
  it("are those of the namespace, where the cluster has some", () => {
    const scope = testScope({
      cluster: { registryCredentials: { key: "registry" } },
      encrypted: { registry: pulumi.secret("{}") },
    });
    expect(template({ scope }).spec?.imagePullSecrets).toEqual([{ name: "registry-credentials" }]);
  });

  it("are not asked for where the cluster has none", () => {
    expect(Object.keys(template().spec ?? {})).not.toContain("imagePullSecrets");
  });
});

describe("a server's container", () => {
  const probes = sameProbe((timing) => httpProbe("/health", "http", timing), 30);
  const serving = (drainSeconds?: number): Container => {
    const args = { ports: { http: 8080 }, probes };
    const spec = podTemplate(
      server(),
      drainSeconds === undefined ? args : { ...args, drainSeconds },
      {},
    ).spec as NonNullable<PodTemplate["spec"]>;
    return spec.containers?.[0] ?? {};
  };

  it("has named ports", () => {
    expect(serving().ports).toEqual([{ name: "http", containerPort: 8080, protocol: "TCP" }]);
  });

  it("has all three probes", () => {
    expect(serving()).toMatchObject({
      startupProbe: probes.startup,
      readinessProbe: probes.readiness,
      livenessProbe: probes.liveness,
    });
  });

  it("keeps serving until every proxy knows that it goes", () => {
    expect(serving(10).lifecycle).toEqual({ preStop: { sleep: { seconds: 10 } } });
  });

  it("stops at once where nobody calls it by its Service", () => {
    expect(serving().lifecycle).toBeUndefined();
  });
});

describe("a mount", () => {
  let synthesis: Synthesis<unknown>;
  beforeAll(async () => {
    synthesis = await synth(() => {
      const scope = testScope();
      const volume = { size: "1Gi" };
      const claim = new Claim("acme-data", { scope, name: "data", volume, retention: given });
      const files = new ConfigFiles("acme-files", { scope, name: "files", files: { a: "1" } });
      const mounts: Mount[] = [
        { kind: "claim", claim, path: "/data" },
        { kind: "files", files, path: "/etc/acme" },
        { kind: "secret", secretName: "web-tls", path: "/tls" },
        { kind: "scratch", name: "run", path: "/run", sizeLimit: "16Mi" },
      ];
      new Workload("acme-web", server({ mounts }));
    });
  });
  const spec = (): NonNullable<PodTemplate["spec"]> =>
    synthesis.object("Deployment", "web").spec.template.spec;

  it("is of a claim, of files, of a Secret for its group alone or of scratch space with a limit", () => {
    expect(spec().volumes).toEqual([
      { name: "data", persistentVolumeClaim: { claimName: "data" } },
      { name: "files", configMap: { name: "files" } },
      { name: "web-tls", secret: { secretName: "web-tls", defaultMode: 0o440 } },
      { name: "run", emptyDir: { sizeLimit: "16Mi" } },
      { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
    ]);
  });

  it("can be written unless it is of files or a Secret", () => {
    expect(spec().containers?.[0]?.volumeMounts).toEqual([
      { name: "data", mountPath: "/data" },
      { name: "files", mountPath: "/etc/acme", readOnly: true },
      { name: "web-tls", mountPath: "/tls", readOnly: true },
      { name: "run", mountPath: "/run" },
      { name: "tmp", mountPath: "/tmp" },
    ]);
  });

  it("has to exist before the pod starts", () => {
    expect(synthesis.waits("Deployment/web")).toEqual(
      expect.arrayContaining(["PersistentVolumeClaim/data", "ConfigMap/files"]),
    );
  });
});

describe("a pod's annotations", () => {
  it("change with a file, so that its readers roll", async () => {
    const [before, after] = [await checksum("a: 1"), await checksum("a: 2")];
    expect(after).not.toEqual(before);
  });

  it("show the public generation of each secret, so that its readers roll", () => {
    expect(annotations({ KEY: secret("login", "password", 3) })).toEqual({
      "rotation.platform/login.password": "3",
    });
  });

  it("have names that Kubernetes takes, whatever the Secret and its key are called", () => {
    const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,100}[a-z0-9])?$/);
    const key = fc.stringMatching(/^[-._a-zA-Z0-9]{1,120}$/);
    fc.assert(
      fc.property(name, key, (secretName, secretKey) => {
        const [shown] = Object.keys(annotations({ KEY: secret(secretName, secretKey, 1) }));
        expect(shown).toMatch(
          /^rotation\.platform\/(?=.{1,63}$)[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$/,
        );
      }),
    );
  });

  it("tell two secrets apart, however long their names are", () => {
    const name = "a".repeat(80);
    const shown = annotations({ A: secret(name, "one", 1), B: secret(name, "two", 2) });
    expect(Object.values(shown).sort()).toEqual(["1", "2"]);
  });
});

const addresses = { kind: "addresses", cidrs: ["10.0.0.0/24"] } as const;

function secret(secretName: string, key: string, rotation: number): SecretRef {
  return { kind: "secret", secretName, key, rotation, ready: [] };
}

function annotations(env: Env): Record<string, string> {
  return template({ env }).metadata?.annotations ?? {};
}

async function checksum(text: string): Promise<unknown> {
  const { value } = await synth(() => {
    const files = new ConfigFiles("f", { scope: testScope(), name: "files", files: { a: text } });
    return template({ mounts: [{ kind: "files", files, path: "/etc/acme" }] });
  });
  return value.metadata?.annotations;
}
