/** Proves what is said of the room on the nodes. Affinities and volumes, which narrow it, are not looked at. */
import type { PreflightContext } from "../../../cli/preflight/model";
import { nodes } from "../../../cli/preflight/nodes";
import type { StackObject } from "../../../cli/preflight/objects";
import { answering, refused, told } from "./answering";

const node = (name: string, allocatable: object, spec: object = {}) => ({
  ...{ metadata: { name }, spec },
  status: { allocatable, conditions: [{ type: "Ready", status: "True" }] },
});
const room = (cpu: string) => ({ cpu, memory: "8Gi", pods: "10" });

const asking = (cpu: string, replicas: number): StackObject => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "acme" } },
  spec: {
    replicas,
    template: {
      metadata: { labels: { "app.kubernetes.io/name": "web" } },
      spec: { containers: [container(cpu)] },
    },
  },
});
const container = (cpu: string) => ({
  ...{ name: "web", image: "acme/web:1.0" },
  resources: { requests: { cpu, memory: "1Gi" } },
});
const pod = (namespace: string, cpu: string) => ({
  metadata: { name: "other", namespace },
  spec: { nodeName: "a", containers: [container(cpu)] },
  status: { phase: "Running" },
});

async function findings(
  object: StackObject,
  live: readonly object[],
  pods: readonly object[] | typeof refused = [],
): Promise<string[]> {
  const cluster = answering({ "/api/v1/nodes": live, "/api/v1/pods": pods });
  return told(await nodes({ objects: [object], cluster } as unknown as PreflightContext));
}

it("room for all that the stack asks for has passed", async () => {
  expect(await findings(asking("1", 3), [node("a", room("2")), node("b", room("2"))])).toEqual([
    "passed 2 of 2 nodes: room for all requests: 3 cores of 4 cores, 3 GiB of 16 GiB, 3 of 20 pods",
  ]);
});

it("a pod that fits onto no node is warned of, though all nodes together have room", async () => {
  const found = await findings(asking("3", 1), [node("a", room("2")), node("b", room("2"))]);
  expect(found).toEqual([
    "warning Deployment acme/web: one pod asks for 3 cores and 1 GiB, and no node has that",
    expect.stringMatching(/^passed 2 of 2 nodes/),
  ]);
});

it("pods that fit alone and not together are warned of, beside what others hold", async () => {
  const two = [node("a", room("2")), node("b", room("2"))];
  expect(await findings(asking("2", 2), two, [pod("elsewhere", "1")])).toEqual([
    expect.stringMatching(/^warning 2 of 2 nodes: .*4 cores of 3 cores$/),
  ]);
});

it("nodes that take no pods are no room, and none that does has failed", async () => {
  const closed = node("b", room("9"), { unschedulable: true });
  expect(await findings(asking("1", 3), [node("a", room("2")), closed])).toEqual([
    expect.stringMatching(/^warning 1 of 2 nodes/),
  ]);
  expect(await findings(asking("1", 1), [closed])).toEqual(["failed Nodes: none of 1 takes pods"]);
});

it("what others hold is unchecked where their pods may not be read", async () => {
  expect(await findings(asking("1", 1), [node("a", room("2"))], refused)).toEqual([
    expect.stringMatching(/^unchecked 1 of 1 nodes: .* 403: /),
  ]);
});
