/**
 * The prod platform as large as its autoscalers may make it, on many simulated nodes: all of it finds a
 * place, and its own quotas do not stand in its way, not even while every Deployment is rolled. Pods are
 * simulated: this proves what the scheduler and the quotas do, not that programs bear the load.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { report } from "../../cli/testing";
import { Stage } from "../cluster/stage";
import { trials } from "./support/trials";

const minutes = 60_000;

const nodes = trials({ reduced: 50, full: 1_000 });
const stage = new Stage("prod");

interface KubernetesObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

interface Deployment extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
  };
}

interface Autoscaler extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly name: string };
    /** Of a HorizontalPodAutoscaler. */
    readonly maxReplicas?: number;
    /** Of a ScaledObject. */
    readonly maxReplicaCount?: number;
  };
}

interface Quota extends KubernetesObject {
  readonly status: { readonly hard: Amounts; readonly used: Amounts };
}

type Amounts = Readonly<Record<string, string>>;

async function get<T extends KubernetesObject>(kinds: string): Promise<readonly T[]> {
  const list = await stage.kubectl("get", kinds, "--all-namespaces", "--output=json");
  return (JSON.parse(list) as { readonly items: readonly T[] }).items;
}

/** Small ones, so that the platform needs many of them. */
function node(i: number): object {
  const resources = { cpu: "2", memory: "8Gi", pods: "20", "ephemeral-storage": "64Gi" };
  const name = `small-${String(i)}`;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "topology.kubernetes.io/zone": `zone-${"abc".charAt(i % 3)}`,
      },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    status: { allocatable: resources, capacity: resources },
  };
}

async function untilRolledOut(): Promise<void> {
  for (;;) {
    const waiting = (await get<Deployment>("deployments")).filter(
      ({ metadata: { generation }, spec, status }) =>
        status.observedGeneration !== generation ||
        status.replicas !== spec.replicas ||
        status.readyReplicas !== spec.replicas ||
        status.updatedReplicas !== spec.replicas,
    );
    if (waiting.length === 0) return;
    await sleep(500);
  }
}

/** What the quotas said to pods that they kept from being made. */
async function refused(): Promise<string[]> {
  const messages = await stage.kubectl(
    ...["get", "events", "--all-namespaces", "--field-selector=reason=FailedCreate"],
    "--output=jsonpath={range .items[*]}{.message}{'\\n'}{end}",
  );
  return messages.split("\n").filter((message) => message.includes("exceeded quota"));
}

async function namesOf(...selection: readonly string[]): Promise<string> {
  return stage.kubectl("get", "pods", "--all-namespaces", "--output=name", ...selection);
}

beforeAll(async () => {
  await stage.up();
  const items = Array.from({ length: nodes }, (_, i) => node(i));
  const file = join(stage.workspace.tmp, "nodes.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await stage.kubectl("apply", "--server-side", `--filename=${file}`);
  // All that is to come has to go onto the small ones.
  await stage.kubectl("cordon", "--selector=platform/embedded=true");
}, 10 * minutes);
afterAll(() => stage.end(), 2 * minutes);

it(
  "has room for every autoscaler's maximum, also while every Deployment is rolled",
  async () => {
    const autoscalers = [
      ...(await get<Autoscaler>("horizontalpodautoscalers")),
      ...(await get<Autoscaler>("scaledobjects")),
    ];
    expect(autoscalers.length).toBeGreaterThanOrEqual(5);
    let added = 0;
    for (const { metadata, spec } of autoscalers) {
      const most = spec.maxReplicas ?? spec.maxReplicaCount ?? 0;
      expect(most).toBeGreaterThanOrEqual(1);
      await stage.kubectl(
        ...["scale", `deployment/${spec.scaleTargetRef.name}`, `--replicas=${String(most)}`],
        `--namespace=${metadata.namespace}`,
      );
      added += most;
    }
    await untilRolledOut();
    const namespaces = new Set((await get("deployments")).map((one) => one.metadata.namespace));
    for (const namespace of namespaces) {
      await stage.kubectl("rollout", "restart", "deployment", `--namespace=${namespace}`);
    }
    await untilRolledOut();

    expect(await refused()).toEqual([]);
    expect(await namesOf("--field-selector=spec.nodeName=")).toBe("");
    expect(await namesOf("--field-selector=status.phase!=Running,status.phase!=Succeeded")).toBe(
      "",
    );
    const quotas = await get<Quota>("resourcequotas");
    expect(quotas.length).toBeGreaterThanOrEqual(4);
    const pods = quotas.map(({ status }) => Number(status.used.pods));
    report({
      area: "growth",
      claim: "the prod platform at every autoscaler's maximum is scheduled, and its quotas hold",
      trials: nodes,
      of: "simulated nodes",
      seen:
        `${String(autoscalers.length)} autoscalers at ${String(added)} replicas in all, ` +
        `${String(pods.reduce((sum, one) => sum + one, 0))} pods, none refused by a quota`,
    });
  },
  5 * minutes,
);
