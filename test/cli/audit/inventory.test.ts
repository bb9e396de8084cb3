/** What is read, whose it is, and what is told where it may not be read. What a real API server refuses, no test here shows. */
import { audit } from "../../../cli/audit";
import { findAll } from "../../../cli/audit/findings";
import { readInventory } from "../../../cli/audit/inventory";
import { ownerOf } from "../../../cli/audit/owner";
import { type Api, ApiFault } from "../../../cli/kubernetes";
import { fakeApi } from "../../support/fake-api";
import { clusterOf, deployment, object, ofRelease, podOf, ready, release, waits } from "./support";

/** A cluster on which these kinds may not be listed. */
function forbidding(api: Api, kinds: readonly string[], code = 403): Api {
  return {
    ...api,
    serves: async () => true,
    list: async (kind, where) => {
      if (kinds.includes(kind.kind)) throw new ApiFault(code, "Forbidden", `${kind.kind}: no`);
      return api.list(kind, where);
    },
  };
}

describe("pods", () => {
  it("belong to the workload that has made them, whatever is between", () => {
    const web = deployment("web");
    const owner = (it: ReturnType<typeof object>) => ({
      ownerReferences: [
        { ...{ apiVersion: it.apiVersion, kind: it.kind }, ...it.metadata, controller: true },
      ],
    });
    const replicaSet = object("ReplicaSet", "web-1", {}, owner(web));
    const pod = object("Pod", "web-1-abc", { status: ready }, owner(replicaSet));
    const stranger = object("Pod", "stranger", { spec: { containers: [] } });
    const { workloads } = clusterOf([web, replicaSet, pod, stranger]);
    expect(workloads.map(({ kind, name, pods }) => [kind, name, pods.length])).toEqual([
      ["Deployment", "web", 1],
      ["Pod", "stranger", 1],
    ]);
  });

  it("of a ReplicaSet of nobody known are told of themselves, with what fails in them", () => {
    const owned = (kind: string, name: string) => ({
      ownerReferences: [
        { apiVersion: "x/v1", kind, name, uid: `${kind}-${name}`, controller: true },
      ],
    });
    const replicaSet = object("ReplicaSet", "web-1", {}, owned("Rollout", "web"));
    const pod = object(
      "Pod",
      "web-1-abc",
      { spec: { containers: [] }, status: waits("CrashLoopBackOff") },
      owned("ReplicaSet", "web-1"),
    );
    const cluster = clusterOf([replicaSet, pod]);
    expect(cluster.workloads.map(({ kind, name, pods }) => [kind, name, pods.length])).toEqual([
      ["Pod", "web-1-abc", 1],
    ]);
    expect(findAll(cluster)[0]?.rule).toBe("crash-loop");
  });
});

describe("a workload's state", () => {
  it.each([
    ["running", deployment("a"), ready],
    ["waiting", deployment("a"), { phase: "Pending" }],
    ["off", deployment("a", { replicas: 0 }), undefined],
    ["failing", deployment("a"), { phase: "Failed" }],
  ])("is %s", (state, workload, status) => {
    const pods = status === undefined ? [] : [podOf(workload, status)];
    expect(clusterOf([workload, ...pods]).workloads[0]?.state).toBe(state);
  });
});

describe("whose something is", () => {
  it.each([
    ["program", { labels: { "app.kubernetes.io/managed-by": "pulumi" } }, []],
    ["cluster", { namespace: "kube-system" }, []],
    ["cluster", { namespace: "edge" }, ["traefik"]],
    [
      "neither",
      { namespace: "thunder", labels: { "app.kubernetes.io/managed-by": "Helm" } },
      ["mlflow"],
    ],
  ] as const)("is %s's", (owner, metadata, knownAs) => {
    expect(ownerOf(metadata, knownAs)).toBe(owner);
  });

  it("is told by the chart of its release too", () => {
    const edge = deployment("edge", { annotations: ofRelease("edge", "acme"), image: "x/own:1" });
    const releases = [release("edge", "acme", { chart: "ingress-nginx" })];
    const [workload] = clusterOf([edge], { releases }).workloads;
    expect([workload?.owner, workload?.release]).toEqual(["cluster", "acme/edge"]);
  });
});

describe("what may not be read", () => {
  it("is unchecked, with the right that lacks and what was not looked at, and hides nothing else", async () => {
    const claim = object("PersistentVolumeClaim", "data");
    const api = forbidding(fakeApi([claim]), ["ResourceQuota"]);
    const findings = findAll(await readInventory(api));
    const gap = findings.find(({ rule }) => rule === "unchecked");
    expect(gap?.what).toBe("may not be read");
    expect(gap?.evidence).toEqual([
      "ResourceQuota: no",
      "not looked at: missing quotas and policies",
    ]);
    expect(gap?.mend.text).toContain('"list ResourceQuota"');
    expect(findings.some(({ rule }) => rule === "orphaned-claim")).toBe(true);
  });

  it("makes no rule find what it cannot know", async () => {
    const claim = object("PersistentVolumeClaim", "data");
    const findings = findAll(await readInventory(forbidding(fakeApi([claim]), ["Pod"])));
    expect(findings.map(({ rule }) => rule)).not.toContain("orphaned-claim");
  });

  it("keeps nobody from telling of a pod that fails, whoever has made it", async () => {
    const web = deployment("web");
    const pod = podOf(web, waits("CrashLoopBackOff") ?? {});
    const api = forbidding(fakeApi([web, pod]), ["Deployment", "ReplicaSet", "Job"]);
    const [first] = findAll(await readInventory(api));
    expect([first?.rule, first?.subject]).toEqual(["crash-loop", "Pod acme/web-0"]);
  });

  it("is unchecked where a group is not served", async () => {
    const findings = findAll(await readInventory(fakeApi([deployment("web")])));
    const gap = findings.find(({ subject }) => subject.includes("PodMetrics"));
    expect(gap?.evidence).toContain("not looked at: CPU and memory far over request");
  });

  it("ends the audit where the credentials are not taken", async () => {
    await expect(audit(forbidding(fakeApi(), ["Pod"], 401))).rejects.toThrow("Pod: no");
  });

  it("ends the audit where nothing at all may be read", async () => {
    const refused: Api = {
      ...fakeApi(),
      list: async () => Promise.reject(new ApiFault(403, "Forbidden", "nothing for you")),
    };
    await expect(audit(refused)).rejects.toThrow("nothing for you");
  });
});

it("only reads", async () => {
  const api = fakeApi([deployment("web"), object("PersistentVolumeClaim", "data")]);
  await audit(api);
  expect(api.calls).toEqual([]);
});
