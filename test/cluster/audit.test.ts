/**
 * Proves that an audit of the cluster of document 001 finds what the document itself lists: its releases by
 * the real Helm's own records, its pods by the state that a real API server holds, item by item. The pods
 * are simulated: that a kubelet reports the same of real ones, and what they use, no test here shows.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { until } from "../../cli/adopt/cluster";
import { audit, type Audit, auditData, auditHtml, type Finding } from "../../cli/audit";
import { clusterPaths, deleteCluster } from "../../cli/cluster";
import { chartOf, releaseKey } from "../../cli/helm";
import { type Api, kinds, type KubernetesObject } from "../../cli/kubernetes";
import { runChild } from "../../cli/process";
import { ensureToolchain } from "../../cli/toolchain";
import { openWorkspace } from "../../cli/workspace";
import { BrokenCluster } from "./broken";

const minutes = 60_000;
const now = new Date("2025-10-08T12:00:00Z");

describe("an audit of the cluster of document 001", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-audit-"));
  const cluster = new BrokenCluster(openWorkspace({ base: folder }), "dev");
  let api: Api;
  let found: Audit;

  beforeAll(async () => {
    await cluster.install();
    api = await cluster.api();
    await api.create(tooLarge);
    await until("The pod that fits on no node is not known as such", 30, async () => {
      const pod = await api.read(kinds.pods, "too-large", "thunder");
      return pod?.status?.conditions === undefined ? ["too-large"] : [];
    });
    found = await audit(api, { now });
  }, 5 * minutes);

  afterAll(async () => {
    await deleteCluster(cluster.workspace, await ensureToolchain(), cluster.stack);
    rmSync(folder, { recursive: true });
  }, minutes);

  /** `critical Deployment thunder/web` of all that a rule has found. */
  function by(rule: string): readonly string[] {
    return found.findings
      .filter((it) => it.rule === rule)
      .map(({ level, subject }) => `${level} ${subject}`);
  }

  function one(rule: string, subject: string): Finding {
    const finding = found.findings.find((it) => it.rule === rule && it.subject === subject);
    if (finding === undefined) throw new Error(`${rule} has not found ${subject}`);
    return finding;
  }

  it("has the four releases of its table, with chart, namespace, status and values", () => {
    const { releases } = found.inventory;
    expect(releases.map((it) => `${releaseKey(it)} ${it.status} ${chartOf(it)}`)).toEqual([
      "cerebros/thunder deployed thunder-stack-0.1.0",
      "kube-system/traefik deployed traefik-34.2.1",
      "thunder/thunderline deployed thunderhelm-0.2.0",
      "thunderline/thunderline deployed thunderhelm-0.2.0",
    ]);
    expect(releases.every(({ revision, deployedAt }) => revision === 1 && deployedAt)).toBe(true);
    const { releases: shown } = auditData(found) as { releases: readonly { values: unknown }[] };
    expect(shown[3]?.values).toMatchObject({
      livebook: { enabled: true },
      secrets: { password: "(masked)" },
      web: { host: "thunderline.local" },
    });
  });

  it("finds critical 1: the same chart in two namespaces, the older release superseded", () => {
    expect(by("duplicate-chart")).toEqual(["warning Chart thunderhelm"]);
    expect(by("superseded")).toEqual(["warning Release thunder/thunderline"]);
    const { evidence, mend } = one("superseded", "Release thunder/thunderline");
    expect(evidence).toContain("uninstalling deletes claim thunderline-thunderhelm-mlflow");
    expect(evidence).toContain("uninstalling leaves claim data-thunderline-postgresql-0");
    expect(mend.commands.at(-1)?.then?.argv.join(" ")).toBe(
      `helm --kube-context ${api.context} uninstall thunderline -n thunder`,
    );
  });

  it("finds critical 2: thunder-stack with automat0 still runs, and `helm uninstall thunder -n cerebros`", () => {
    expect(by("deprecated")).toEqual(["critical Release cerebros/thunder"]);
    const { evidence, mend } = one("deprecated", "Release cerebros/thunder");
    expect(evidence.join()).toContain("Deployment thunder-automat0 (1 of 1 ready)");
    expect(mend.commands.at(-1)?.then?.argv.join(" ")).toBe(
      `helm --kube-context ${api.context} uninstall thunder -n cerebros`,
    );
    expect(found.findings[0]?.rule).toBe("deprecated");
  });

  it("finds critical 3: MLflow three times, Cerebros in both namespaces", () => {
    expect(by("duplicate-program")).toEqual([
      "warning Program cerebros-runner",
      "warning Program mlflow",
      "warning Program thunderline/app",
    ]);
    expect(one("duplicate-program", "Program mlflow").what).toBe(
      "is there 3 times, in cerebros, thunder, thunderline",
    );
  });

  it("finds web and worker without an image in thunderline, and crashing in thunder; Livebook crashing", () => {
    expect(by("image-pull")).toEqual([
      "critical Deployment thunderline/thunderline-thunderhelm-web",
      "critical Deployment thunderline/thunderline-thunderhelm-worker",
    ]);
    expect(by("crash-loop")).toEqual([
      "critical Deployment thunder/thunderline-thunderhelm-web",
      "critical Deployment thunder/thunderline-thunderhelm-worker",
      "critical Deployment thunderline/thunderline-thunderhelm-livebook",
    ]);
    const { evidence } = one("crash-loop", "Deployment thunder/thunderline-thunderhelm-worker");
    expect(evidence.join()).toMatch(/371 restarts; last ended as OOMKilled, exit code 137/);
  });

  it("finds Cerebros at zero and still configured, with the document's own limits to give it", () => {
    expect(by("at-zero")).toEqual([
      "notice Deployment cerebros/cerebros-nlp-poc",
      "notice Deployment thunder/thunderline-thunderhelm-cerebros",
      "notice Deployment thunderline/thunderline-thunderhelm-cerebros",
    ]);
    for (const namespace of ["thunder", "thunderline"]) {
      const subject = `Deployment ${namespace}/thunderline-thunderhelm-cerebros`;
      const { mend, evidence } = one("unlimited", subject);
      expect(evidence.join()).toContain("scaled to 0 now");
      expect(mend.commands[0]?.argv.slice(-2)).toEqual([
        "--requests=cpu=1000m,memory=2Gi",
        "--limits=cpu=2000m,memory=4Gi",
      ]);
    }
  });

  it("finds that nothing has limits, and that no namespace has a quota or a policy", () => {
    const lasting = found.inventory.workloads.filter(
      ({ namespace, name }) => namespace !== "kube-system" && name !== "too-large",
    );
    expect(by("unlimited").filter((it) => !it.includes("too-large"))).toHaveLength(lasting.length);
    expect(by("unguarded")).toEqual([
      "warning Namespace cerebros",
      "warning Namespace thunder",
      "warning Namespace thunderline",
    ]);
  });

  it("knows that traefik belongs to the cluster, and finds nothing wrong with it", () => {
    const traefik = found.inventory.workloads.find(({ name }) => name === "traefik");
    expect([traefik?.owner, traefik?.state]).toEqual(["cluster", "running"]);
    expect(found.findings.filter(({ namespace }) => namespace === "kube-system")).toEqual([]);
    const others = found.inventory.workloads.filter(({ name }) => name !== "traefik");
    expect(new Set(others.map(({ owner }) => owner))).toEqual(new Set(["neither"]));
  });

  it("finds the probes of the worker that only echo", () => {
    expect(by("probe-cannot-fail")).toEqual([
      "warning Deployment thunder/thunderline-thunderhelm-worker",
      "warning Deployment thunderline/thunderline-thunderhelm-worker",
    ]);
  });

  it("finds what was left lying about: a claim, a volume, Services that lead nowhere", () => {
    expect(by("orphaned-claim")).toEqual(["warning PersistentVolumeClaim thunder/old-runs"]);
    expect(by("released-volume")).toEqual(["warning PersistentVolume poc-results"]);
    expect(by("no-endpoints")).toEqual([
      "critical Service thunderline/thunderline-thunderhelm-web",
      "warning Service thunder/cerebros-bridge",
      "warning Service thunder/thunderline-thunderhelm-web",
      "warning Service thunderline/thunderline-thunderhelm-livebook",
      "notice Service cerebros/cerebros-nlp-poc",
    ]);
  });

  it("finds a pending pod with the scheduler's word", () => {
    expect(by("pending")).toEqual(["critical Pod thunder/too-large"]);
    expect(one("pending", "Pod thunder/too-large").evidence.join()).toContain(
      "Insufficient memory",
    );
  });

  it("says that nobody has looked at what the pods use: no metrics are served", () => {
    expect(by("unchecked")).toEqual(["unchecked metrics.k8s.io/v1beta1 PodMetrics"]);
  });

  it("shows no secret of the releases in any report", () => {
    const secrets = [/old-[a-z-]*(password|key|cookie)/, /owner-password/];
    for (const text of [auditHtml(found), JSON.stringify(auditData(found))]) {
      for (const secret of secrets) expect(text).not.toMatch(secret);
    }
  });

  it("finds the same a second time, and has changed nothing", async () => {
    const before = await versions();
    const again = await audit(api, { now });
    expect(auditHtml(again)).toBe(auditHtml(found));
    expect(auditData(again)).toEqual(auditData(found));
    expect(await versions()).toEqual(before);
  }, 60_000);

  it("works by its command on a context alone, writes a page, and ends with 2 where asked to", async () => {
    const page = join(folder, "audit.html");
    const args = ["cli/platform.mjs", "audit", "--context", api.context, "--format", "html"];
    const { code, stdout } = await runChild(
      process.execPath,
      [...args, "--out", page, "--fail-on", "critical"],
      {
        cwd: join(__dirname, "..", ".."),
        // No home folder: a toolchain would have to be set up anew, which takes minutes.
        env: { PATH: "/nowhere", HOME: join(folder, "home"), KUBECONFIG: kubeconfig() },
      },
    );
    expect([code, stdout]).toEqual([2, ""]);
    expect(readFileSync(page, "utf8")).toContain("chart thunder-stack is deprecated");
  }, 60_000);

  function kubeconfig(): string {
    return clusterPaths(cluster.workspace, cluster.stack).kubeconfig;
  }

  /** All that a command could have touched, by its version. The cluster's own leases and events go on. */
  async function versions(): Promise<readonly string[]> {
    const lists = await Promise.all(
      Object.values(kinds)
        .filter(({ kind }) => !["Event", "Node"].includes(kind))
        .map((kind) => api.list<KubernetesObject>(kind)),
    );
    return lists
      .flat()
      .map(({ kind, metadata: it }) => `${kind} ${it.uid ?? ""} ${it.resourceVersion ?? ""}`)
      .sort();
  }
});

/** What asks for more than any node has. */
const tooLarge = {
  ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "too-large", namespace: "thunder" } },
  spec: {
    containers: [
      { name: "main", image: "example.com/large:1", resources: { requests: { memory: "1Ti" } } },
    ],
  },
};
