/** Proves what is declared of a namespace; that its limits admit its pods, the cluster tests show. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { Namespace, type NamespaceArgs } from "../../../components/kubernetes/namespace";
import { retention } from "../../../components/scope";
import type { Quota, SystemSettings } from "../../../config/blocks";
import { postures } from "../../../config/environment";
import { type Surroundings, testPlace } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

const gibi = 2 ** 30;
const demand = {
  pods: 7,
  requestsCpu: 1230,
  requestsMemory: 2 * gibi,
  limitsCpu: 4000,
  limitsMemory: 4 * gibi,
  storage: 25 * gibi,
};

const settings: SystemSettings = {
  enabled: true,
  namespace: "acme",
  data: "keep",
  quota: { headroomPercent: 0 },
};

function declare(args: Partial<NamespaceArgs>, surroundings: Surroundings): Namespace {
  return new Namespace("acme-namespace", {
    place: testPlace(surroundings),
    belonging: { system: "acme", instance: "acme-east" },
    settings,
    demand,
    retention: retention(postures.dev, true, "keep"),
    ...args,
  });
}

function namespace(
  args: Partial<NamespaceArgs> = {},
  surroundings: Surroundings = {},
): Promise<Synthesis<Namespace>> {
  return synth(() => declare(args, surroundings));
}

/** What data waits for in a namespace, and what pods wait for. */
async function waiting(
  surroundings: Surroundings = {},
): Promise<Record<"exists" | "ready", string[]>> {
  const synthesis = await synth(() => {
    const { scope } = declare({}, surroundings);
    for (const name of ["exists", "ready"] as const) {
      new k8s.core.v1.ConfigMap(name, { metadata: { name } }, { dependsOn: [...scope[name]] });
    }
  });
  return {
    exists: synthesis.waits("ConfigMap/exists"),
    ready: synthesis.waits("ConfigMap/ready"),
  };
}

describe("a namespace", () => {
  let synthesis: Synthesis<Namespace>;
  beforeAll(async () => {
    synthesis = await namespace();
  });

  it.each(["enforce", "audit", "warn"])("%ss the restricted Pod Security Standard", (mode) => {
    const { labels } = synthesis.object("Namespace", "acme").metadata;
    expect(labels[`pod-security.kubernetes.io/${mode}`]).toBe("restricted");
  });

  it("says which system it is of, beside others of its kind", () => {
    expect(synthesis.object("Namespace", "acme").metadata.labels).toMatchObject({
      "app.kubernetes.io/part-of": "acme",
      "app.kubernetes.io/instance": "acme-east",
    });
  });

  it("tells what is in it where it belongs", () => {
    expect(synthesis.value.scope).toMatchObject({
      system: "acme",
      instance: "acme-east",
      namespace: "acme",
    });
  });

  it("lets no pod talk or listen until a connection is declared", () => {
    expect(synthesis.object("NetworkPolicy", "default-deny").spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  it("lets every pod ask the cluster's DNS, over both protocols", () => {
    expect(synthesis.object("NetworkPolicy", "dns-access").spec).toEqual({
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [
            {
              namespaceSelector: {
                matchLabels: { "kubernetes.io/metadata.name": "kube-system" },
              },
              podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
            },
          ],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    });
  });

  it("gives containers that nobody sized a request and a limit, or the quota would refuse them", () => {
    const [limits] = synthesis.object("LimitRange", "limits").spec.limits;
    expect(limits).toEqual({
      type: "Container",
      default: { cpu: "500m", memory: "256Mi" },
      defaultRequest: { cpu: "50m", memory: "64Mi" },
    });
  });

  it("has no registry credentials where the cluster needs none", () => {
    expect(synthesis.objects("Secret")).toEqual([]);
  });

  it("is all that data waits for", async () => {
    expect((await waiting()).exists).toEqual(["Namespace/acme"]);
  });

  it("has its limits and policies before any pod starts", async () => {
    expect((await waiting()).ready).toEqual([
      "Namespace/acme",
      "ResourceQuota/quota",
      "LimitRange/limits",
      "NetworkPolicy/default-deny",
      "NetworkPolicy/dns-access",
    ]);
  });
});

describe("a namespace's quota", () => {
  const hard = async (quota: Quota): Promise<unknown> =>
    (await namespace({ settings: { ...settings, quota } })).object("ResourceQuota", "quota").spec
      .hard;

  it("holds what the workloads can occupy at once, rounded up", async () => {
    expect(await hard({ headroomPercent: 0 })).toEqual({
      "limits.cpu": "4",
      "limits.memory": "4Gi",
      pods: "7",
      "requests.cpu": "1300m",
      "requests.memory": "2Gi",
      "requests.storage": "25Gi",
    });
  });

  it("has headroom beyond that", async () => {
    expect(await hard({ headroomPercent: 25 })).toEqual({
      "limits.cpu": "5",
      "limits.memory": "5Gi",
      pods: "9",
      "requests.cpu": "1600m",
      "requests.memory": "2560Mi",
      "requests.storage": "32Gi",
    });
  });

  it("is what the settings say, where they say it", async () => {
    expect(await hard({ headroomPercent: 0, limitsCpu: "20", pods: 50 })).toMatchObject({
      "limits.cpu": "20",
      pods: "50",
    });
  });
});

describe("a namespace's protection", () => {
  const kept = (used: boolean, policy: "keep" | "release"): Partial<NamespaceArgs> => ({
    retention: retention(postures.prod, used, policy),
  });

  it("covers the namespace, which would take all data with it", async () => {
    expect((await namespace(kept(true, "keep"))).protected).toEqual(["Namespace/acme"]);
  });

  it("ends when the data is released", async () => {
    expect((await namespace(kept(false, "release"))).protected).toEqual([]);
  });

  it("is named to the user when nothing runs there any more", async () => {
    const { messages } = await namespace(kept(false, "keep"));
    expect(messages).toEqual([expect.stringMatching(/^namespace acme is kept and protected;/)]);
  });
});

describe("registry credentials", () => {
  const surroundings: Surroundings = {
    cluster: { registryCredentials: { key: "registry" } },
    encrypted: { registry: pulumi.secret('{"auths":{"r":{}}}') },
  };

  it("are one Secret of the type that the kubelet takes", async () => {
    const secret = (await namespace({}, surroundings)).object("Secret", "registry-credentials");
    expect(secret).toMatchObject({
      type: "kubernetes.io/dockerconfigjson",
      stringData: { ".dockerconfigjson": '{"auths":{"r":{}}}' },
    });
  });

  it("are there before any pod starts", async () => {
    const { ready } = await waiting(surroundings);
    expect(ready).toContain("Secret/registry-credentials");
  });

  it("are valid JSON as a placeholder too, or the API server would refuse their type", async () => {
    const synthesis = await namespace({}, { ...surroundings, placeholders: true });
    expect(synthesis.object("Secret", "registry-credentials").stringData).toEqual({
      ".dockerconfigjson": '{"auths":{}}',
    });
  });
});
