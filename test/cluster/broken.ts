import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { until } from "../../cli/adopt/cluster";
import { clusterPaths } from "../../cli/cluster";
import { type Api, type KubernetesObject, kinds, openApi } from "../../cli/kubernetes";
import { withSession } from "../../cli/session";
import type { Workspace } from "../../cli/workspace";
import { ReleaseStage } from "./release";

const fixtures = join(__dirname, "..", "fixtures");

/** One release of document 001, and what is set on top of the chart's own values. */
interface Installed {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly values?: object;
}

const noImage = {
  as: "ImagePullBackOff",
  message: 'Back-off pulling image "docker.io/thunderline/app:2.0.0"',
};

const crashes = (restarts: number, last: object = { last: "Error", exitCode: 1 }): object => ({
  as: "CrashLoopBackOff",
  message: "back-off 5m0s restarting failed container",
  restarts,
  ...last,
});

/** In the order in which the document says that they were installed. */
const releases: readonly Installed[] = [
  { name: "traefik", namespace: "kube-system", chart: "chart-traefik" },
  { name: "thunder", namespace: "cerebros", chart: "chart-thunder-stack" },
  {
    name: "thunderline",
    namespace: "thunder",
    chart: "chart-thunderhelm",
    values: {
      minio: { enabled: false },
      otelcol: { enabled: false },
      worker: { echoProbe: true },
      failing: {
        web: crashes(214),
        worker: crashes(371, { last: "OOMKilled", exitCode: 137 }),
      },
    },
  },
  {
    name: "thunderline",
    namespace: "thunderline",
    chart: "chart-thunderhelm",
    values: {
      web: { replicas: 1, host: "thunderline.local" },
      worker: { echoProbe: true },
      livebook: { enabled: true },
      failing: { web: noImage, worker: noImage, livebook: crashes(58) },
      // What the newer release says otherwise than the older one.
      secrets: { password: "owner-password-of-thunderline" },
    },
  },
];

/** What nobody's chart has made, and nobody has cleared away. */
const leftovers: readonly KubernetesObject[] = [
  claim("cerebros", "poc-results", "poc-results"),
  {
    ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "poc-results" } },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "",
      hostPath: { path: "/nowhere/poc-results" },
    },
  } as KubernetesObject,
  claim("thunder", "old-runs"),
  {
    ...{ apiVersion: "v1", kind: "Service" },
    metadata: { name: "cerebros-bridge", namespace: "thunder" },
    spec: { selector: { app: "cerebros-bridge" }, ports: [{ name: "http", port: 8088 }] },
  } as KubernetesObject,
];

/** Pods that are to be in this state before anybody looks: namespace, a part of the name, reason. */
const expected: readonly (readonly [string, string, string])[] = [
  ["cerebros", "mlflow-tracking", "Running"],
  ["cerebros", "thunder-automat0", "Running"],
  ["thunder", "thunderhelm-mlflow", "Running"],
  ["thunder", "thunderhelm-web", "CrashLoopBackOff"],
  ["thunder", "thunderhelm-worker", "CrashLoopBackOff"],
  ["thunderline", "thunderhelm-livebook", "CrashLoopBackOff"],
  ["thunderline", "thunderhelm-mlflow", "Running"],
  ["thunderline", "thunderhelm-otelcol", "Running"],
  ["thunderline", "thunderhelm-web", "ImagePullBackOff"],
  ["thunderline", "thunderhelm-worker", "ImagePullBackOff"],
  ["thunderline", "thunderline-minio-0", "Running"],
  ["thunderline", "thunderline-postgresql-0", "Running"],
  ["thunder", "thunderline-postgresql-0", "Running"],
  ["kube-system", "traefik", "Running"],
];

/**
 * The cluster of document 001 on a stack's embedded cluster: its four releases, installed by the real
 * Helm, pods that fail as the document says, and what was left lying about. Nothing of this program is
 * on it.
 */
export class BrokenCluster {
  /** Helm and the target of this cluster. */
  readonly stage: ReleaseStage;

  constructor(
    readonly workspace: Workspace,
    readonly stack: string,
  ) {
    this.stage = new ReleaseStage(workspace, stack);
  }

  /** Starts the cluster, installs everything, and waits until all is as bad as it is to be. */
  async install(): Promise<void> {
    const { workspace, stack } = this;
    await withSession({ workspace, stack }, () => Promise.resolve());
    for (const release of releases) await this.#install(release);
    await this.#leaveBehind();
    const api = await this.api();
    await until("The broken cluster is not as broken as it is to be", 90, () => missing(api));
  }

  /** The API server of this cluster. */
  async api(): Promise<Api> {
    return openApi({ kubeconfig: clusterPaths(this.workspace, this.stack).kubeconfig });
  }

  /** Without --wait: some of its pods are never ready. */
  async #install({ name, namespace, chart, values = {} }: Installed): Promise<void> {
    const folder = join(clusterPaths(this.workspace, this.stack).folder, "values");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${namespace}-${name}.json`);
    writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
    const where = ["--namespace", namespace, "--create-namespace", "--values", file];
    await this.stage.helm("install", name, join(fixtures, chart), ...where);
  }

  async #leaveBehind(): Promise<void> {
    const api = await this.api();
    for (const object of leftovers) await api.create(object);
    const bound = async (): Promise<string[]> => {
      const volume = await api.read(kinds.persistentVolumes, "poc-results");
      return volume?.status?.phase === "Bound" ? [] : ["poc-results"];
    };
    await until("The volume that is to be left is not bound", 60, bound);
    await api.remove(claim("cerebros", "poc-results"));
  }
}

async function missing(api: Api): Promise<string[]> {
  const pods = await api.list(kinds.pods);
  const wrong = expected.filter(
    ([namespace, part, state]) =>
      !pods.some(
        ({ metadata, status }) =>
          metadata.namespace === namespace &&
          metadata.name.includes(part) &&
          (status?.containerStatuses?.[0]?.state?.waiting?.reason ?? status?.phase) === state,
      ),
  );
  const released = await api.read(kinds.persistentVolumes, "poc-results");
  return [
    ...wrong.map(([namespace, part, state]) => `${namespace}/${part}: ${state}`),
    ...(released?.status?.phase === "Released" ? [] : ["PersistentVolume poc-results: Released"]),
  ];
}

/** A claim, on a volume of its own where one is named. */
function claim(namespace: string, name: string, volumeName?: string): KubernetesObject {
  return {
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
      ...(volumeName === undefined ? {} : { volumeName, storageClassName: "" }),
    },
  } as KubernetesObject;
}
