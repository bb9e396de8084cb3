/** What is seen of the old services and of FaultMaven, in the objects of a cluster. */
import { type Api, ApiFault } from "../../../cli/kubernetes";
import { look, type Situation } from "../../../cli/retire";
import { marks } from "../../../cli/retire/marks";
import type { Old } from "../../../cli/retire/model";
import { fakeApi } from "../../support/fake-api";
import { deployment, faultmaven, namespace, scaledObject, service, successor } from "./support";

const at = new Date("2026-12-01T12:00:00Z");
const looked = (...objects: readonly object[]): Promise<Situation> =>
  look(fakeApi([...successor, ...objects]), faultmaven, at);

async function gateway(...objects: readonly object[]): Promise<Old | undefined> {
  return (await looked(...objects)).old.find(({ name }) => name === "fm-api-gateway");
}

const retired = { [marks.replicas]: "2", [marks.since]: "a", [marks.until]: "b" };
const replicaSet = {
  ...{ apiVersion: "apps/v1", kind: "ReplicaSet" },
  metadata: {
    ...{ name: "fm-api-gateway-1", namespace, uid: "set" },
    ownerReferences: [{ uid: "fm-api-gateway-uid" }],
  },
};
const pod = {
  ...{ apiVersion: "v1", kind: "Pod" },
  metadata: { name: "p", namespace, ownerReferences: [{ uid: "set" }] },
};

describe("an old Deployment", () => {
  it.each([
    ["running", { replicas: 2 }, []],
    ["idle", { replicas: 0 }, []],
    ["stopping", { replicas: 0, annotations: retired }, [replicaSet, pod]],
    ["retired", { replicas: 0, annotations: retired }, [replicaSet]],
    ["returning", { replicas: 2, annotations: retired }, [replicaSet, pod]],
  ])("is %s", async (standing, said, others) => {
    expect(await gateway(deployment("fm-api-gateway", said), ...others)).toMatchObject({
      standing,
    });
  });

  it("is missing where it is not there", async () => {
    expect(await gateway()).toMatchObject({ standing: "missing", replicas: undefined });
  });

  it("tells what it had before, since when it stands and until when it is kept", async () => {
    const said = { replicas: 0, annotations: retired };
    expect(await gateway(deployment("fm-api-gateway", said))).toMatchObject({
      ...{ before: 2, since: "a", until: "b" },
    });
  });

  it("tells what scales it, but not the autoscaler that KEDA makes", async () => {
    const hpa = (name: string, owners: readonly object[] = []) => ({
      ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
      metadata: { name, namespace, ownerReferences: owners },
      spec: { scaleTargetRef: { kind: "Deployment", name: "fm-api-gateway" } },
    });
    const found = await gateway(
      deployment("fm-api-gateway"),
      ...[hpa("own"), hpa("keda-hpa-s", [{ kind: "ScaledObject" }])],
      ...[scaledObject("s", "fm-api-gateway"), scaledObject("other", "fm-case-service")],
    );
    expect(found?.autoscalers).toEqual([
      { kind: "HorizontalPodAutoscaler", name: "own", paused: false },
      { kind: "ScaledObject", name: "s", paused: false },
    ]);
  });

  it("tells of the GitOps controller or the release that may start it again", async () => {
    const owned = (said: object) => gateway(deployment("fm-api-gateway", said));
    const release = { annotations: { "meta.helm.sh/release-name": "faultmaven-old" } };
    const flux = { labels: { "kustomize.toolkit.fluxcd.io/name": "apps" } };
    expect([(await owned(release))?.owner?.owner, (await owned(flux))?.owner?.owner]).toEqual([
      `Helm's release "faultmaven-old"`,
      'the Flux kustomization "flux-system/apps"',
    ]);
  });

  it("names what its pods have, by name alone", async () => {
    const env = [
      { name: "A", valueFrom: { secretKeyRef: { name: "fm-database", key: "password" } } },
      { name: "B", value: "hunter2" },
    ];
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "fm-files" } }];
    expect((await gateway(deployment("fm-api-gateway", { env, volumes })))?.uses).toEqual([
      "PersistentVolumeClaim fm-files",
      "Secret fm-database",
    ]);
  });
});

describe("a Service without endpoints", () => {
  const ingress = {
    ...{
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "api", namespace },
    },
    spec: {
      rules: [
        {
          host: "api.example.com",
          http: { paths: [{ backend: { service: { name: "fm-api-gateway" } } }] },
        },
      ],
    },
  };

  it("is told with those who send to it, and without what they say", async () => {
    const shop = deployment("shop", {
      env: [{ name: "URL", value: "http://me:hunter2@fm-api-gateway:8000" }],
    });
    const found = await gateway(
      ...[deployment("fm-api-gateway"), shop, ingress],
      service("fm-api-gateway", "fm-api-gateway", "LoadBalancer"),
    );
    expect(found?.orphans).toEqual([
      {
        name: "fm-api-gateway",
        senders: [
          "whoever is outside (LoadBalancer)",
          "Ingress api (api.example.com)",
          "Deployment shop",
        ],
      },
    ]);
  });

  it("is none where somebody who stays is behind it too", async () => {
    const behind = deployment("stays");
    const template = { metadata: { labels: { app: "fm-api-gateway" } }, spec: { containers: [] } };
    const found = await gateway(
      deployment("fm-api-gateway"),
      { ...behind, spec: { ...behind.spec, template } },
      service("fm-api-gateway", "fm-api-gateway"),
    );
    expect(found?.orphans).toEqual([]);
  });

  it.each(["http://my-fm-api-gateway:80", "http://fm-api-gateway-2", "http://x.fm-api-gateway2"])(
    "is not the one of another name: %s",
    async (value) => {
      const found = await gateway(
        deployment("fm-api-gateway"),
        deployment("shop", { env: [{ name: "URL", value }] }),
        service("fm-api-gateway", "fm-api-gateway"),
      );
      expect(found?.orphans).toEqual([{ name: "fm-api-gateway", senders: [] }]);
    },
  );
});

describe("FaultMaven", () => {
  const [server, slice] = successor as [object, object];
  const seen = async (...objects: readonly object[]) =>
    (await look(fakeApi(objects), faultmaven, at)).successor;

  it("has taken over where its live track is ready and reached", async () => {
    expect(await seen(server, slice)).toEqual({
      ready: true,
      evidence:
        "Deployment faultmaven/faultmaven-blue has 3 of 3 replicas ready; Service faultmaven/faultmaven has 1 ready endpoint",
    });
  });

  it.each<[string, readonly object[]]>([
    ["is not there", [slice]],
    ["has no endpoint", [server]],
    [
      "has a slice that is null, as the API server writes an empty one",
      [server, { ...slice, endpoints: null }],
    ],
    [
      "has one that is not ready",
      [server, { ...slice, endpoints: [{ conditions: { ready: false } }] }],
    ],
    [
      "lacks a replica",
      [
        { ...server, status: { readyReplicas: 2, updatedReplicas: 3, observedGeneration: 1 } },
        slice,
      ],
    ],
    [
      "is in a roll-out",
      [
        { ...server, status: { readyReplicas: 3, updatedReplicas: 1, observedGeneration: 1 } },
        slice,
      ],
    ],
    [
      "has not seen its newest specification",
      [
        { ...server, status: { readyReplicas: 3, updatedReplicas: 3, observedGeneration: 0 } },
        slice,
      ],
    ],
  ])("has not where it %s", async (_, objects) => {
    expect((await seen(...objects)).ready).toBe(false);
  });

  it("has not where it cannot be asked, and the old services are seen all the same", async () => {
    const api = fakeApi([...successor, deployment("fm-api-gateway")]);
    const refusing = Object.create(api, {
      read: {
        value: async () => Promise.reject(new ApiFault(403, "Forbidden", "read is refused.")),
      },
    }) as Api;
    const found = await look(refusing, faultmaven, at);
    expect(found.successor).toEqual({ ready: false, evidence: "read is refused" });
    expect(found.old[0]?.standing).toBe("running");
  });

  it("has not where it is switched off", async () => {
    const off = await look(fakeApi(successor), { ...faultmaven, enabled: false }, at);
    expect(off.successor).toEqual({
      ready: false,
      evidence: "platform:faultmaven.enabled is false",
    });
  });
});
