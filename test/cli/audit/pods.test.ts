/** What is told of pods that do not run as they ought to. How a kubelet comes to such a status, no test here shows. */
import { pending } from "../../../cli/audit/findings/pending";
import { restarts } from "../../../cli/audit/findings/restarts";
import { crashLoop, imagePull } from "../../../cli/audit/findings/stuck";
import { usage } from "../../../cli/audit/findings/usage";
import { clusterOf, deployment, found, object, podOf, ready, waits } from "./support";

const web = deployment("web");
const running = podOf(web, ready);

describe("images that cannot be pulled", () => {
  const pod = podOf(web, waits("ImagePullBackOff", {}, "Pending") ?? {});

  it("are critical, with the image and the server's own words", () => {
    expect(found(imagePull, web, pod)).toEqual([
      "critical Deployment acme/web: cannot pull example.com/x:1 (ImagePullBackOff)",
    ]);
    const [finding] = imagePull.find(clusterOf([web, pod]));
    expect(finding?.evidence.join()).toContain("words about ImagePullBackOff");
  });

  it("are told once for all pods of a workload", () => {
    const other = podOf(web, waits("ErrImagePull", {}, "Pending") ?? {}, "web-1");
    const [finding, ...more] = imagePull.find(clusterOf([web, pod, other]));
    expect(more).toEqual([]);
    expect(finding?.evidence).toHaveLength(2);
  });

  it("are no pod that has just begun", () => {
    const starting = podOf(web, waits("ContainerCreating", {}, "Pending") ?? {});
    expect(found(imagePull, web, starting, running)).toEqual([]);
  });
});

describe("containers that end for ever", () => {
  const last = {
    restartCount: 214,
    lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
  };
  const pod = podOf(web, waits("CrashLoopBackOff", last) ?? {});

  it("are critical, with how often and why they ended", () => {
    expect(found(crashLoop, web, pod)).toEqual([
      "critical Deployment acme/web: does not come up (CrashLoopBackOff), started again 214 times",
    ]);
    const [finding] = crashLoop.find(clusterOf([web, pod]));
    expect(finding?.evidence.join()).toContain("OOMKilled, exit code 137");
    expect(finding?.mend.commands[0]?.argv).toContain("--previous");
  });

  it("are told of what cannot be configured too, whose log there is none of", () => {
    const [finding] = crashLoop.find(
      clusterOf([web, podOf(web, waits("CreateContainerConfigError") ?? {})]),
    );
    expect(finding?.what).toBe("does not come up (CreateContainerConfigError)");
    expect(finding?.mend.commands[0]?.argv).not.toContain("--previous");
  });

  it("are not those that run, or whose image is missing", () => {
    expect(found(crashLoop, web, running)).toEqual([]);
    expect(found(crashLoop, web, podOf(web, waits("ImagePullBackOff") ?? {}))).toEqual([]);
  });

  it("are told of the cluster's own too", () => {
    const traefik = deployment("traefik", { namespace: "kube-system" });
    expect(found(crashLoop, traefik, podOf(traefik, waits("CrashLoopBackOff") ?? {}))).toHaveLength(
      1,
    );
  });
});

describe("pods that are pending", () => {
  const waiting = (conditions: readonly object[] = []) =>
    podOf(web, { phase: "Pending", conditions, containerStatuses: [] });
  const [type, status] = ["PodScheduled", "False"];

  it("are told with the scheduler's word", () => {
    const message = "0/3 nodes are available: 3 Insufficient memory.";
    const [finding] = pending.find(clusterOf([web, waiting([{ type, status, message }])]));
    expect(finding?.what).toBe("a pod is pending");
    expect(finding?.evidence).toEqual([`pod web-0: ${message}`]);
  });

  it("are not sent to a claim by a scheduler that only mentions those to devices", () => {
    const message =
      "0/3 nodes are available: 3 node(s) were unschedulable. no new claims to deallocate.";
    const [finding] = pending.find(clusterOf([web, waiting([{ type, status, message }])]));
    expect(finding?.mend.text).toBe("Mend what the reason names.");
  });

  it("are told with the claim that is not bound", () => {
    const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "data" } }];
    const store = deployment("store", { podSpec: { volumes } });
    const claim = object("PersistentVolumeClaim", "data", { status: { phase: "Pending" } });
    const [finding] = pending.find(clusterOf([store, podOf(store, { phase: "Pending" }), claim]));
    expect(finding?.evidence).toEqual(["pod store-0: claim data is not bound"]);
    expect(finding?.mend.text).toMatch(/^See to its claim/);
  });

  it("are told with an event where nothing else says why", () => {
    const event = object("Event", "web-0.1", {
      ...{ type: "Warning", reason: "FailedMount", message: "secret not found" },
      involvedObject: { kind: "Pod", namespace: "acme", name: "web-0" },
    });
    const [finding] = pending.find(clusterOf([web, waiting(), event]));
    expect(finding?.evidence).toEqual(["pod web-0: FailedMount: secret not found"]);
  });

  it("are told too where a quota lets none be made", () => {
    const message = "exceeded quota: namespace, requested: pods=1";
    const refused = deployment("web", {
      status: { conditions: [{ type: "ReplicaFailure", status: "True", message }] },
    });
    const [finding] = pending.find(clusterOf([refused]));
    expect(finding?.evidence).toEqual([message]);
  });

  it("are not those that run, or whose image is missing", () => {
    const noImage = podOf(web, waits("ImagePullBackOff", {}, "Pending") ?? {});
    expect(found(pending, web, running)).toEqual([]);
    expect(found(pending, web, noImage)).toEqual([]);
  });
});

describe("restarts", () => {
  const restarted = (restartCount: number, reason: string) =>
    podOf(web, {
      ...ready,
      containerStatuses: [
        {
          ...{ name: "main", image: "x", restartCount, state: { running: {} } },
          lastState: { terminated: { reason, exitCode: 137, finishedAt: "2025-10-04T08:00:00Z" } },
        },
      ],
    });

  it("are told with their reason and time", () => {
    const [finding] = restarts.find(clusterOf([web, restarted(12, "Error")]));
    expect(finding?.what).toBe("was started again 12 times");
    expect(finding?.evidence).toEqual([
      "pod web-0, container main: 12 restarts; last ended as Error, exit code 137; at 2025-10-04T08:00:00Z",
    ]);
  });

  it("are told from the first on where memory ran out", () => {
    expect(found(restarts, web, restarted(1, "OOMKilled"))).toEqual([
      "warning Deployment acme/web: runs out of memory and is started again",
    ]);
  });

  it("are not told where they are few, or where the pod still fails", () => {
    expect(found(restarts, web, restarted(2, "Error"))).toEqual([]);
    expect(
      found(restarts, web, podOf(web, waits("CrashLoopBackOff", { restartCount: 9 }) ?? {})),
    ).toEqual([]);
  });
});

describe("what uses more than it has asked for", () => {
  const used = (cpu: string, memory: string) =>
    object("PodMetrics", "web-0", { containers: [{ name: "main", usage: { cpu, memory } }] });

  it("is told where it is more than twice as much", () => {
    expect(found(usage, web, running, used("700m", "32Mi"))).toEqual([
      "warning Deployment acme/web: uses far more than it has asked for",
    ]);
    const [finding] = usage.find(clusterOf([web, running, used("700m", "32Mi")]));
    expect(finding?.evidence).toEqual([
      "pod web-0, container main: uses 0.7 cores and asks for 0.1 cores",
    ]);
    expect(finding?.mend.commands[0]?.argv).toContain("--requests=cpu=700m");
  });

  it("is critical where it takes seven cores unasked", () => {
    const cerebros = deployment("web", { container: { resources: {} } });
    expect(found(usage, cerebros, podOf(cerebros, ready), used("7000m", "32Mi"))).toEqual([
      "critical Deployment acme/web: uses several cores or gigabytes that it has not asked for",
    ]);
  });

  it("is nothing within the request, or a little over a small one", () => {
    expect(found(usage, web, running, used("100m", "64Mi"))).toEqual([]);
    expect(found(usage, web, running, used("190m", "120Mi"))).toEqual([]);
  });
});
