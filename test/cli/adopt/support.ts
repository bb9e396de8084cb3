import { gzipSync } from "node:zlib";

import type { SecretKeys } from "../../../cli/adopt/credentials";
import type { Holding } from "../../../cli/adopt/holdings";
import { judge, type Judged, settingsOf } from "../../../cli/adopt/judge";
import type { Live } from "../../../cli/adopt/live";
import type { Container, KubernetesObject, PodSpec, Workload } from "../../../cli/adopt/objects";
import type { Release } from "../../../cli/adopt/release";
import { settingsOf as stackSettings } from "../../support/settings";

/** What Helm has written on an object of the release that the tests are about. */
export const marks = {
  "meta.helm.sh/release-name": "thunderline",
  "meta.helm.sh/release-namespace": "thunderline",
};

/** The data of a record as Kubernetes gives it: what Helm packs, in base64 once more. */
export function recordData(told: unknown, compress = true): string {
  const text = Buffer.from(JSON.stringify(told));
  const packed = compress ? gzipSync(text) : text;
  return Buffer.from(packed.toString("base64")).toString("base64");
}

export function release(changes: Partial<Release> = {}): Release {
  return {
    name: "thunderline",
    namespace: "thunderline",
    revision: 1,
    status: "deployed",
    chart: "thunderhelm-0.2.0",
    objects: [],
    hooks: [],
    records: ["sh.helm.release.v1.thunderline.v1"],
    ...changes,
  };
}

export const nothing: Live = {
  workloads: [],
  cronJobs: [],
  jobs: [],
  pods: [],
  claims: [],
  volumes: [],
  ingresses: [],
  secretKeys: new Map(),
};

export function workload(
  kind: Workload["kind"],
  name: string,
  pod: PodSpec,
  spec: Partial<Workload["spec"]> = {},
): Workload {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, uid: `uid of ${name}`, annotations: marks },
    spec: { selector: { matchLabels: { app: name } }, template: { spec: pod }, ...spec },
  };
}

export function claim(name: string, changes: object = {}): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name, uid: `uid of ${name}`, annotations: marks },
    ...{ spec: { volumeName: `volume of ${name}`, resources: { requests: { storage: "8Gi" } } } },
    ...{ status: { phase: "Bound" } },
    ...changes,
  };
}

/** A claim that one container has at one place. */
export function holding(
  container: Container,
  mountPath: string,
  more: Partial<Holding> = {},
): Holding {
  const pod = { containers: [container] };
  const mounts = workload("StatefulSet", `old-${container.name}`, pod);
  return {
    claim: `data-old-${container.name}-0`,
    uid: "1",
    phase: "Bound",
    size: "8Gi",
    volume: { name: "pvc-1", uid: "2", policy: "Delete" },
    users: [{ workload: mounts, container, pod, mountPath, subPath: "" }],
    strangers: [],
    ...more,
  };
}

interface Surroundings {
  readonly clients?: readonly Workload[];
  readonly keys?: SecretKeys;
  readonly leave?: readonly string[];
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** What is said of claims in the settings of a stack of Thunderline. */
export function judged(
  holdings: readonly Holding[],
  { clients = [], keys = new Map(), leave = [], overrides = {} }: Surroundings = {},
): readonly Judged[] {
  const settings = stackSettings("dev", { thunderline: overrides });
  return judge(holdings, { settings, system: "thunderline", keys, workloads: clients, leave });
}

/** The settings that ours would need, by their paths; or why ours cannot. */
export function outcome(one: Holding, around: Surroundings = {}): unknown {
  const found = judged([one], around);
  const [{ verdict } = {}] = found;
  if (verdict?.adopt === false) return verdict.why;
  return Object.fromEntries(settingsOf(found).map(({ path, value }) => [path.join("."), value]));
}
