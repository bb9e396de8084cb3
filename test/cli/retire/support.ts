import { type Api, type Deployment, kinds } from "../../../cli/kubernetes";
import type { Retiring } from "../../../cli/retire";
import type { Old, Situation } from "../../../cli/retire/model";
import { type FakeApi, fakeApi } from "../../support/fake-api";

export const namespace = "fm-legacy";

export const faultmaven: Retiring = {
  enabled: true,
  namespace: "faultmaven",
  live: "blue",
  legacy: { namespace, deployments: ["fm-api-gateway", "fm-case-service"], keepDays: 30 },
};

interface Said {
  readonly replicas?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: readonly object[];
  readonly volumes?: readonly object[];
}

export function deployment(name: string, said: Said = {}, place = namespace): Deployment {
  const { replicas = 2, annotations, labels, env = [], volumes = [] } = said;
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment" },
    metadata: {
      ...{ name, namespace: place, uid: `${name}-uid`, generation: 1 },
      ...(annotations === undefined ? {} : { annotations }),
      ...(labels === undefined ? {} : { labels }),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "app", env }], volumes },
      },
    },
    status: { observedGeneration: 1, readyReplicas: replicas, updatedReplicas: replicas },
  } as Deployment;
}

export function service(name: string, app: string, type = "ClusterIP"): object {
  return {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name, namespace } },
    spec: { type, selector: { app } },
  };
}

export function scaledObject(name: string, target: string, annotations = {}): object {
  return {
    ...{ apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject" },
    metadata: { name, namespace, annotations },
    spec: { scaleTargetRef: { name: target } },
  };
}

/** FaultMaven as it has taken over. */
export const successor: readonly object[] = [
  deployment("faultmaven-blue", { replicas: 3 }, "faultmaven"),
  {
    ...{ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", addressType: "IPv4" },
    metadata: {
      ...{ name: "faultmaven-1", namespace: "faultmaven" },
      labels: { "kubernetes.io/service-name": "faultmaven" },
    },
    endpoints: [{ addresses: ["192.0.2.1"], conditions: { ready: true } }],
  },
];

/** A Deployment as it was looked at. */
export function old(name: string, over: Partial<Old> = {}): Old {
  return {
    ...{ name, standing: "running", replicas: 2, pods: 2, isPulumis: false },
    ...{ autoscalers: [], orphans: [], uses: [], ...over },
  };
}

export function situation(over: Partial<Situation> = {}): Situation {
  return {
    ...{ namespace, keepDays: 30, at: new Date("2026-12-01T12:00:00Z") },
    old: [old("fm-api-gateway"), old("fm-case-service")],
    successor: { ready: true, evidence: "all is there" },
    ...over,
  };
}

/** A cluster whose controller brings up at once what a Deployment says; pods have to be given. */
export function clusterOf(...objects: readonly object[]): FakeApi {
  const api = fakeApi(objects);
  const settle = async (name: string): Promise<void> => {
    const found = await api.read(kinds.deployments, name, namespace);
    if (found === undefined) return;
    const status = { ...found.status, readyReplicas: found.spec?.replicas ?? 1 };
    await api.replace({ ...found, status });
  };
  return Object.defineProperties(
    { ...api },
    {
      objects: { get: () => api.objects },
      calls: { get: () => api.calls.filter((call) => !call.startsWith("replace")) },
      patch: {
        value: async (...[object, change]: Parameters<Api["patch"]>) => {
          await api.patch(object, change);
          await settle(object.metadata.name);
        },
      },
    },
  );
}
