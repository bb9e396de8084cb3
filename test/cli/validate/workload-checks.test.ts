/**
 * Proves what the checks make of workloads, their pods, jobs, volumes and endpoints, for one that is well
 * and for each way to be not well. That a real API server says such things is in test/cluster.
 */
import type {
  Deployment,
  EndpointSlice,
  Job,
  PersistentVolumeClaim,
  Pod,
} from "../../../cli/kubernetes";
import { claimFinding } from "../../../cli/validate/claims";
import { endpointFinding } from "../../../cli/validate/endpoints";
import { jobFinding, jobs } from "../../../cli/validate/jobs";
import { restartFindings } from "../../../cli/validate/restarts";
import { workloadFinding } from "../../../cli/validate/workloads";
import { again, contextOf, minute, minutesAgo, now, object, statusOf, textOf } from "./support";

const labels = { "app.kubernetes.io/name": "web" };
const selector = { matchLabels: labels };

const deployment = (spec: object = {}, status: object = {}): Deployment =>
  object(
    "Deployment",
    "web",
    {
      metadata: { generation: 3 },
      spec: {
        ...{ replicas: 2, selector },
        template: { metadata: { labels }, spec: { containers: [] } },
        ...spec,
      },
      status: {
        ...{ observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2 },
        ...status,
      },
    },
    "apps/v1",
  );

const pod = (name: string, status: object = {}): Pod =>
  object("Pod", name, {
    metadata: { labels },
    status: { startTime: minutesAgo(60), ...status },
  });

describe("a workload", () => {
  const seen = (live: Deployment | undefined, pods: Pod[] = []) =>
    workloadFinding(deployment(), live, pods, again);

  it("passes with all of its replicas ready, at its generation", () => {
    expect(statusOf(seen(deployment()))).toBe("passed: generation 3, 2 of 2 ready");
  });

  it("has failed where it is not there, and the mend brings it up", () => {
    expect(seen(undefined)).toMatchObject({ status: "failed", mend: again });
  });

  it("has failed while its controller has not taken it up", () => {
    const live = deployment({}, { observedGeneration: 2 });
    expect(statusOf(seen(live))).toBe("failed: its controller has taken up generation 2 of 3");
  });

  it("has failed where somebody has scaled it", () => {
    expect(statusOf(seen(deployment({ replicas: 0 })))).toMatch(/^failed: it has been scaled to 0/);
  });

  it("has failed with another image than is declared, of init containers too", () => {
    const running = (image: string, initContainers: object[] = []) => {
      const spec = { containers: [{ name: "web", image }], initContainers };
      return deployment({ template: { metadata: { labels }, spec } });
    };
    const init = (image: string) => [{ name: "migrate", image }];
    const at = (one: Deployment, live: Deployment) => workloadFinding(one, live, [], again);
    expect(at(running("x/web:2"), running("x/web:2")).status).toBe("passed");
    expect(at(running("x/web:2"), running("x/web:1"))).toMatchObject({
      status: "failed",
      evidence: "not as declared: web runs x/web:1, and not x/web:2",
      mend: again,
    });
    expect(at(running("w", init("x/web:2")), running("w", init("x/web:1"))).evidence).toBe(
      "not as declared: migrate runs x/web:1, and not x/web:2",
    );
    expect(at(running("w", init("m")), running("w")).evidence).toBe(
      "not as declared: migrate is not in it",
    );
    expect(at(running("w"), running("w", init("m"))).evidence).toBe(
      "not as declared: migrate is in it, and not declared",
    );
  });

  it("takes an autoscaler's number of replicas as it is", () => {
    const declared = deployment({ replicas: undefined });
    const live = deployment({ replicas: 5 }, { replicas: 5, updatedReplicas: 5, readyReplicas: 5 });
    expect(workloadFinding(declared, live, [], again).status).toBe("passed");
  });

  it("has failed while pods of before are still there", () => {
    expect(seen(deployment({}, { replicas: 3 })).status).toBe("failed");
  });

  it("says what its pods wait for, and how to see more of that", () => {
    const waiting = (reason: string) => ({
      containerStatuses: [{ name: "web", restartCount: 4, state: { waiting: { reason } } }],
    });
    const live = deployment({}, { readyReplicas: 1 });
    expect(seen(live, [pod("web-1", waiting("CrashLoopBackOff"))])).toMatchObject({
      evidence: "1 of 2 ready, 2 of 2 as declared, 2 in all; web-1: CrashLoopBackOff of web",
      mend: "kubectl -n acme logs web-1 -c web --previous",
    });
    expect(seen(live, [pod("web-1", waiting("ImagePullBackOff"))])).toMatchObject({
      mend: "kubectl -n acme describe pod web-1",
    });
  });

  it("says that no node takes a pod, and that a quota lets none be made", () => {
    const conditions = [{ type: "PodScheduled", status: "False", message: "0/3 nodes" }];
    const refused = [{ type: "ReplicaFailure", status: "True", message: "exceeded quota" }];
    const live = deployment({}, { readyReplicas: 1, conditions: refused });
    expect(seen(live, [pod("web-1", { conditions })]).evidence).toMatch(
      /no pod is made: exceeded quota; web-1: on no node: 0\/3 nodes$/,
    );
  });
});

describe("restarts", () => {
  const window = { now, windowMs: 10 * minute, isSimulated: () => false };
  const seen = (...pods: Pod[]) => restartFindings([deployment()], pods, window).map(textOf);
  const ended = (minutes: number, reason = "Error", exitCode = 1) => ({
    containerStatuses: [
      {
        ...{ name: "web", restartCount: 2, state: {} },
        lastState: { terminated: { reason, exitCode, finishedAt: minutesAgo(minutes) } },
      },
    ],
  });

  it("pass where none was in the window, whatever was before", () => {
    expect(seen(pod("web-1"), pod("web-2", ended(11)))).toEqual([
      "passed: Pods of acme: 2, and no restart in 10 min",
    ]);
  });

  it("have failed within the window, with why it ended", () => {
    expect(seen(pod("web-1", ended(3, "OOMKilled", 137)), pod("web-2"))).toEqual([
      "failed: Pod acme/web-1: web ended 3 min ago, OOMKilled with exit code 137; 2 restarts in all",
    ]);
  });

  it("of an init container count too", () => {
    const { containerStatuses: initContainerStatuses } = ended(1);
    expect(seen(pod("web-1", { initContainerStatuses }))[0]).toMatch(/^failed/);
  });

  it("are unchecked of a pod younger than the window", () => {
    expect(seen(pod("web-1", { startTime: minutesAgo(4) }), pod("web-2"))).toEqual([
      "unchecked: Pods of acme: no restart so far, but 1 of 2 began less than 10 min ago: web-1",
    ]);
  });

  it("are unchecked of simulated pods, in which nothing can end", () => {
    const isSimulated = ({ metadata }: Pod) => metadata.name === "web-2";
    const pods = [pod("web-1"), pod("web-2")];
    expect(restartFindings([deployment()], pods, { ...window, isSimulated }).map(textOf)).toEqual([
      "unchecked: Pods of acme: no restart, but 1 of 2 is simulated, and nothing runs in it: web-2",
    ]);
  });

  it("of somebody else's pods are not looked at", () => {
    const other = { ...pod("job-1", ended(1)), metadata: { name: "job-1", namespace: "acme" } };
    expect(seen(other, pod("web-1"))).toEqual([
      "passed: Pods of acme: 1, and no restart in 10 min",
    ]);
  });
});

describe("a job", () => {
  const declared: Job = object("Job", "setup-0123456789", {}, "batch/v1");
  const context = { now, again, ranBy: "real" } as const;
  const job = (status: object, name = "setup-0123456789"): Job =>
    object("Job", name, { status }, "batch/v1");
  const seen = (...live: Job[]) => jobFinding(declared, live, context);
  const condition = (type: string) => ({ type, status: "True", reason: "Why", message: "because" });

  it("passes when it is complete; one of a simulated pod is unchecked, since it ran nothing", () => {
    const complete = job({ conditions: [condition("Complete")] });
    expect(statusOf(seen(complete))).toBe("passed: complete");
    const simulated = jobFinding(declared, [complete], { ...context, ranBy: "simulated" });
    expect(statusOf(simulated)).toBe("unchecked: complete, by a simulated pod that ran nothing");
  });

  it("that a simulated node of a real cluster has completed is unchecked too", async () => {
    const complete = job({ conditions: [condition("Complete")] });
    const metadata = { labels: { "batch.kubernetes.io/job-name": complete.metadata.name } };
    const node = (name: string, annotations = {}) =>
      object("Node", name, { metadata: { namespace: undefined, annotations } });
    const nodes = [node("real"), node("fake", { "kwok.x-k8s.io/node": "fake" })];
    const on = (nodeName: string) => object("Pod", "setup-1", { metadata, spec: { nodeName } });
    const at = async (...live: never[]) =>
      (await jobs(contextOf([declared], [complete, ...live]))).map(statusOf);
    expect(await at(...nodes, on("real"))).toEqual(["passed: complete"]);
    expect(await at(...nodes, on("fake"))).toEqual([
      "unchecked: complete, by a simulated pod that ran nothing",
    ]);
    expect(await at(...nodes)).toEqual([
      "unchecked: complete, but its pod is gone, and nodes of this cluster are simulated",
    ]);
    expect(await at(node("real"))).toEqual(["passed: complete"]);
  });

  it("has failed with its reason, and the next update makes it anew", () => {
    const finding = seen(job({ conditions: [condition("Failed")] }));
    expect(statusOf(finding)).toBe("failed: it has failed: Why: because");
    expect(finding.mend).toContain(again);
  });

  it("has failed while it runs, unless no update waits for it", () => {
    const running = job({ active: 1, startTime: minutesAgo(5) });
    expect(statusOf(seen(running))).toBe("failed: not complete: 1 pod at work for 5 min, 0 failed");
    const annotations = { "pulumi.com/skipAwait": "true" };
    const unawaited: Job = { ...declared, metadata: { ...declared.metadata, annotations } };
    expect(jobFinding(unawaited, [running], context).status).toBe("warning");
  });

  it("of another content than what has run has failed", () => {
    expect(seen(job({ conditions: [condition("Complete")] }, "setup-aaaaaaaaaa")).evidence).toBe(
      "not on the cluster; setup-aaaaaaaaaa is, of another content: the stack has changed since its last update",
    );
  });
});

describe("a claim", () => {
  const claim = (spec: object = {}, status: object = {}): PersistentVolumeClaim =>
    object("PersistentVolumeClaim", "data", {
      spec: {
        ...{ storageClassName: "slow", volumeName: "pv-1" },
        resources: { requests: { storage: "10Gi" } },
        ...spec,
      },
      status: { phase: "Bound", capacity: { storage: "10Gi" }, ...status },
    });
  const classes = [object("StorageClass", "slow", { volumeBindingMode: "WaitForFirstConsumer" })];
  const mounting: Pod = object("Pod", "web-1", {
    spec: { volumes: [{ persistentVolumeClaim: { claimName: "data" } }] },
  });
  const seen = (live: PersistentVolumeClaim | undefined, pods: Pod[] = []) =>
    claimFinding(claim(), live, { pods, classes, again });

  it("passes when it is bound", () => {
    expect(statusOf(seen(claim()))).toBe("passed: bound to pv-1, 10Gi");
  });

  it("has failed where it is lost, or pending with a pod that mounts it", () => {
    expect(statusOf(seen(claim({}, { phase: "Lost" })))).toBe("failed: it is Lost");
    expect(seen(claim({}, { phase: "Pending" }), [mounting]).status).toBe("failed");
    expect(seen(undefined).status).toBe("failed");
  });

  it("is unchecked where its class waits for a pod and none has come", () => {
    expect(seen(claim({}, { phase: "Pending" })).status).toBe("unchecked");
  });

  it("is warned of while its volume is smaller than declared", () => {
    expect(statusOf(seen(claim({}, { capacity: { storage: "5Gi" } })))).toBe(
      "warning: bound, with 5Gi of the 10Gi that are declared",
    );
  });
});

describe("the endpoints of a Service", () => {
  const service = object("Service", "web", { spec: { selector: labels } });
  const slice = (...ready: (boolean | undefined)[]) =>
    object("EndpointSlice", "web-1", {
      metadata: { labels: { "kubernetes.io/service-name": "web" } },
      endpoints: ready.map((it) => ({ addresses: [], conditions: { ready: it } })),
    });
  const seen = (slices: never[], workloads = [deployment()]) =>
    statusOf(endpointFinding(service, service, { slices, workloads, again }));

  it("pass with one that is ready, or does not say that it is not", () => {
    expect(seen([slice(true, false)])).toBe("passed: 1 ready endpoint");
    expect(seen([slice(undefined)])).toBe("passed: 1 ready endpoint");
  });

  it("have failed where none is ready", () => {
    const empty = { ...(slice() as EndpointSlice), endpoints: null } as never;
    expect(seen([empty])).toMatch(/^failed: no ready endpoint/);
    expect(seen([slice(false)])).toBe(
      "failed: no ready endpoint, with Deployment acme/web behind it",
    );
    expect(seen([], [])).toMatch(/^failed: .*no workload has pods with its labels/);
  });

  it("pass without any where all behind it is scaled to zero", () => {
    expect(seen([], [deployment({ replicas: 0 })])).toBe(
      "passed: no endpoint: acme/web is scaled to zero",
    );
  });
});
