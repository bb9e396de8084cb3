/** What is told of how workloads and their namespaces are set up. Whether a probe asks the right thing, no test here shows. */
import { missingGuards } from "../../../cli/audit/findings/guards";
import { stuckNamespaces } from "../../../cli/audit/findings/namespaces";
import { lostRelease, ownerless } from "../../../cli/audit/findings/ownerless";
import { blindProbes, cannotFail, noProbes } from "../../../cli/audit/findings/probes";
import { resources } from "../../../cli/audit/findings/resources";
import { zero } from "../../../cli/audit/findings/zero";
import { clusterOf, deployment, found, object, ofRelease, release } from "./support";

const web = deployment("web");

describe("containers without limits", () => {
  const bare = deployment("web", { container: { resources: undefined } });

  it("are told with what is lacking and a command that sets it", () => {
    const [finding] = resources.find(clusterOf([bare]));
    expect(finding?.evidence).toEqual([
      "container main has no requests.cpu, requests.memory, limits.cpu, limits.memory",
    ]);
    expect(finding?.mend.commands[0]?.argv).toContain("--limits=cpu=1000m,memory=1Gi");
  });

  it("get the documents' own numbers where those have some, at zero too", () => {
    const cerebros = deployment("cerebros", {
      ...{ replicas: 0, image: "docker.io/thunderline/cerebros-runner:2.0.0" },
      container: { resources: {} },
    });
    const [finding] = resources.find(clusterOf([cerebros]));
    expect(finding?.evidence[1]).toContain("scaled to 0 now");
    expect(finding?.mend.commands[0]?.argv).toContain("--limits=cpu=2000m,memory=4Gi");
  });

  it("are less where requests alone lack", () => {
    const limits = { cpu: "1", memory: "1Gi" };
    expect(found(resources, deployment("web", { container: { resources: { limits } } }))).toEqual(
      [],
    );
    const asks = { limits: { memory: "1Gi" }, requests: { cpu: "1" } };
    expect(
      resources.find(clusterOf([deployment("web", { container: { resources: asks } })])),
    ).toHaveLength(1);
  });

  it("are none where the namespace gives them, or where the cluster itself needs them", () => {
    const both = { cpu: "1", memory: "1Gi" };
    const range = object("LimitRange", "defaults", {
      spec: { limits: [{ type: "Container", default: both, defaultRequest: both }] },
    });
    expect(found(resources, bare, range)).toEqual([]);
    const traefik = deployment("t", { image: "traefik:v3", container: { resources: {} } });
    expect(found(resources, traefik)).toEqual([]);
  });

  it("of this program are changed by its settings, not by hand", () => {
    const labels = { "app.kubernetes.io/managed-by": "pulumi" };
    const [finding] = resources.find(
      clusterOf([deployment("web", { labels, container: { resources: {} } })]),
    );
    expect(finding?.mend.commands).toEqual([]);
    expect(finding?.mend.text).toContain("change the settings of its stack");
  });
});

describe("workloads at zero", () => {
  const off = deployment("cerebros", { replicas: 0, annotations: ofRelease("t", "acme") });

  it("are told with the release that has made them", () => {
    const [finding] = zero.find(clusterOf([off]));
    expect(finding?.evidence).toContain("made by release acme/t");
  });

  it("are not those that an autoscaler has put there, or that have pods", () => {
    const scaler = object("HorizontalPodAutoscaler", "h", {
      spec: { scaleTargetRef: { kind: "Deployment", name: "cerebros" } },
    });
    expect(found(zero, off, scaler)).toEqual([]);
    expect(found(zero, web)).toEqual([]);
  });
});

describe("probes", () => {
  const probed = (command: readonly string[]) =>
    deployment("web", { container: { livenessProbe: { exec: { command } } } });

  it.each([
    [["echo", "ok"]],
    [["/bin/true"]],
    [["/bin/sh", "-c", "echo alive"]],
    [["sh", "-c", "exit 0"]],
    [["sh", "-ec", "wget -q localhost || true"]],
    [["bash", "-c", "curl localhost; true"]],
    [["sh", "-c", "curl localhost || exit 0"]],
  ])("that cannot fail are told: %j", (command) => {
    expect(found(blindProbes, probed(command))).toEqual([
      "warning Deployment acme/web: has a probe that cannot fail",
    ]);
  });

  it.each([
    [["pg_isready"]],
    [["sh", "-c", "pg_isready && echo ok"]],
    [["sh", "-c", "set -e; pg_isready; echo ok"]],
    [["sh", "-c", "test -f /ready || exit 1"]],
    [["sh", "-c", "redis-cli ping | grep PONG"]],
    [["/app/bin/thunderline", "rpc", "1"]],
  ])("that can fail are not: %j", (command) => {
    expect(cannotFail(command)).toBe(false);
  });

  it.each([
    [["/bin/echo", "hunter2"], "echo"],
    [["sh", "-c", "redis-cli -a hunter2 ping || true"], "sh: || true"],
    [["/bin/sh", "-c", "curl -u me:hunter2 localhost; exit 0"], "sh: exit 0"],
    [["bash", "-c", "curl localhost; echo hunter2"], "bash: echo"],
  ])("that cannot fail are told by the part that cannot: %j", (command, told) => {
    const [finding] = blindProbes.find(clusterOf([probed(command)]));
    expect(finding?.evidence).toEqual([`container main, livenessProbe: ${told}`]);
  });

  it("that are not there at all are told of what runs for ever, and of nothing else", () => {
    const silent = { container: { readinessProbe: undefined, ports: [{ containerPort: 4000 }] } };
    expect(found(noProbes, deployment("web", silent))).toHaveLength(1);
    const job = object("CronJob", "nightly", {
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "a" }] } } } } },
    });
    expect(found(noProbes, web, job)).toEqual([]);
  });
});

describe("a namespace that is being deleted", () => {
  const conditions = [
    { type: "NamespaceFinalizersRemaining", status: "True", message: "x.io/guard in 1 resource" },
    { type: "NamespaceDeletionDiscoveryFailure", status: "False" },
  ];

  it("is told with what holds it", () => {
    const going = object("Namespace", "old", { status: { phase: "Terminating", conditions } });
    const [finding] = stuckNamespaces.find(clusterOf([going]));
    expect(finding?.subject).toBe("Namespace old");
    expect(finding?.evidence).toEqual(["NamespaceFinalizersRemaining: x.io/guard in 1 resource"]);
  });

  it("is none that is there", () => {
    expect(
      found(stuckNamespaces, object("Namespace", "a", { status: { phase: "Active" } })),
    ).toEqual([]);
  });
});

describe("a namespace", () => {
  const quota = object("ResourceQuota", "q");
  const range = object("LimitRange", "l");
  const policy = object("NetworkPolicy", "p");

  it("without a guard is told which it lacks", () => {
    expect(found(missingGuards, web)).toEqual([
      "warning Namespace acme: has no ResourceQuota, no LimitRange, no NetworkPolicy",
    ]);
    expect(found(missingGuards, web, quota, policy)).toEqual([
      "warning Namespace acme: has no LimitRange",
    ]);
  });

  it("with all of them, with nothing in it, or of the cluster, is not told", () => {
    expect(found(missingGuards, web, quota, range, policy)).toEqual([]);
    expect(found(missingGuards, object("Namespace", "empty"))).toEqual([]);
    expect(found(missingGuards, deployment("dns", { namespace: "kube-system" }))).toEqual([]);
  });
});

describe("a workload of a release", () => {
  const web = deployment("web", { annotations: ofRelease("shop", "acme") });

  it("without a record is told", () => {
    expect(found(lostRelease, web)).toEqual([
      "notice Deployment acme/web: is marked as a part of release acme/shop, of which there is no record",
    ]);
  });

  it("that Helm knows, or of none, is not told", () => {
    const known = clusterOf([web, deployment("api")], { releases: [release("shop", "acme")] });
    expect(lostRelease.find(known)).toEqual([]);
  });
});

describe("a workload that nobody has made", () => {
  it("is told", () => {
    expect(found(ownerless, web)).toHaveLength(1);
  });

  it("is none of a release, of this program, or of the cluster", () => {
    const labels = { "app.kubernetes.io/managed-by": "pulumi" };
    const others = [
      deployment("a", { annotations: ofRelease("t", "acme") }),
      deployment("b", { labels }),
      deployment("c", { namespace: "kube-system" }),
    ];
    expect(found(ownerless, ...others)).toEqual([]);
  });
});
