/**
 * Every pod of every stack passes the restricted Pod Security Standard, and nothing else gets into the
 * namespaces: by the evaluator of Kubernetes itself, and by a real API server. What an image does when
 * it runs so is not seen here.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { jobFor as backupJob } from "../../cli/backup/job";
import type { CopyPlan, PostgresPlan } from "../../cli/backup/model";
import { clusterPaths, deleteCluster, ensureCluster, kubectlOfEmbedded } from "../../cli/cluster";
import { ChildFailure } from "../../cli/process";
import { silent } from "../../cli/progress";
import { jobFrom as restoreJob } from "../../cli/restore/job";
import type { CronJob } from "../../cli/restore/objects";
import { report } from "../../cli/testing";
import { ensureToolchain, type Toolchain } from "../../cli/toolchain";
import { versions } from "../../cli/toolchain/tools";
import { openWorkspace, readSettings, type Workspace } from "../../cli/workspace";
import { exceptionKey } from "../../policy/names";
import {
  breaches,
  type Judgement,
  judge,
  objectsOf,
  type Pod,
  podOf,
} from "./support/pod-security";

jest.setTimeout(120_000);

const stacks = ["dev", "staging", "prod"] as const;
const [, minor = ""] = versions.kubernetes.split(".");

/** The oldest version that a cluster may have, that of the embedded cluster, and what namespaces ask for. */
const standards = ["v1.30", `v1.${minor}`, "latest"];

const all = stacks.flatMap(objectsOf);
const pods = all.flatMap((object) => podOf(object) ?? []);

function findingsOf(judgements: readonly Judgement[]): string[] {
  return judgements.flatMap(({ kind, namespace = "", name, findings }) =>
    findings.map(({ reason, detail }) => `${kind} ${namespace}/${name}: ${reason}: ${detail}`),
  );
}

describe("the evaluator of Kubernetes", () => {
  it.each(breaches)("finds a pod with $what", async ({ words, broken }) => {
    const judgements = await judge(pods.map(broken), "latest");
    for (const { findings } of judgements) {
      expect(findings.map(({ reason }) => reason)).toContainEqual(expect.stringMatching(words));
    }
  });

  it("finds a broken template whatever makes its pods", async () => {
    const [template] = pods;
    const breach = breaches[0];
    if (template === undefined || breach === undefined) throw new Error("nothing to break");
    const { spec } = breach.broken(template);
    const owned = { selector: { matchLabels: { a: "b" } }, template: { spec } };
    const named = { metadata: { name: "bad", namespace: "acme" } };
    const job = { ...named, spec: { template: { spec } } };
    const judgements = await judge(
      [
        { ...named, apiVersion: "apps/v1", kind: "Deployment", spec: owned },
        { ...named, apiVersion: "apps/v1", kind: "StatefulSet", spec: owned },
        { ...named, apiVersion: "apps/v1", kind: "DaemonSet", spec: owned },
        { ...job, apiVersion: "batch/v1", kind: "Job" },
        {
          ...{ ...named, apiVersion: "batch/v1", kind: "CronJob" },
          spec: { schedule: "0 1 * * *", jobTemplate: job },
        },
        { ...named, apiVersion: "v1", kind: "Pod", spec },
      ],
      "latest",
    );
    expect(judgements.filter(({ findings }) => findings.length === 0)).toEqual([]);
  });

  it.each(stacks)("judges every object of stack %s that makes pods", async (stack) => {
    const objects = objectsOf(stack);
    const judgements = await judge(objects, "latest");
    const left = objects.filter((_, index) => judgements[index]?.hasPods !== true);
    expect(left.length).toBeLessThan(objects.length);
    expect(left.filter((object) => JSON.stringify(object).includes('"containers":'))).toEqual([]);
  });

  it("finds nothing in the pods of any stack, by any version of the standard", async () => {
    for (const version of standards) {
      expect(findingsOf(await judge(all, version))).toEqual([]);
    }
    report({
      area: "security",
      claim: "no pod of any stack breaks the restricted Pod Security Standard",
      trials: pods.length * standards.length,
      of: `judgements of its evaluator, by ${standards.join(", ")}`,
      seen: "0 findings, 0 exceptions",
    });
  });

  it("reads that every namespace with pods enforces the standard", async () => {
    const judgements = await judge(all, "latest");
    const namespaces = judgements.filter(({ kind }) => kind === "Namespace");
    expect(new Set(pods.map(({ metadata }) => metadata.namespace))).toEqual(
      new Set(namespaces.map(({ name }) => name)),
    );
    expect(namespaces.filter(({ enforced }) => enforced !== "restricted:latest")).toEqual([]);
  });
});

describe("the Jobs that commands make", () => {
  const backups = all.filter(
    ({ kind, metadata }) =>
      metadata.annotations?.["backup.platform/store"] !== undefined && kind === "CronJob",
  ) as unknown as CronJob[];

  it("pass as restores and listings of every backup", async () => {
    expect(backups.length).toBeGreaterThan(10);
    const common = { run: "1f2e3d4c", variables: {}, deadlineSeconds: 60, withoutClaims: [] };
    const jobs = backups.flatMap((backup) =>
      (["list", "restore"] as const).map((task) =>
        restoreJob(backup, { ...common, task, name: `${backup.metadata.name}-${task}` }),
      ),
    );
    expect(findingsOf(await judge(jobs, "latest"))).toEqual([]);
  });

  const copy: CopyPlan = {
    ...{ namespace: "acme", why: "so", imagePullSecrets: [], capacity: "5Gi", claim: "runs" },
    ...{ method: "copy", image: "busybox", user: 1001, groups: [2000] },
    ...{ node: "node-1", tolerations: [], inUse: true },
  };
  const dump: PostgresPlan = {
    ...{ namespace: "acme", why: "so", imagePullSecrets: [], capacity: "5Gi", claim: "db" },
    ...{ method: "postgres", image: "postgres:15", labels: {} },
    server: { host: "db", port: 5432, user: { from: "none" }, password: { from: "none" } },
  };
  const run = { run: "20260102t030405z", deadlineSeconds: 600 };

  it("pass as dumps, and as copies by the user that owns the files", async () => {
    const jobs = [backupJob(copy, run), backupJob(dump, run)];
    expect(findingsOf(await judge(jobs, "latest"))).toEqual([]);
  });

  it("break the standard as copies by root alone, which say so and why", async () => {
    const job = backupJob({ ...copy, user: undefined }, run);
    const [judgement] = await judge([job], "latest");
    expect(judgement?.findings.map(({ reason }) => reason)).toEqual([
      "unrestricted capabilities",
      "runAsNonRoot != true",
      "runAsUser=0",
    ]);
    const reason = job.metadata.annotations?.[exceptionKey("security-context-restricted")];
    expect(reason).toBe("no pod says who owns the files, and only root reads all of them");
  });
});

describe("a real API server with the namespaces of the stacks", () => {
  const host = "prod";
  let folder: string;
  let workspace: Workspace;
  let tools: Toolchain;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "platform-pod-security-"));
    workspace = openWorkspace({ base: folder });
    tools = await ensureToolchain();
    await ensureCluster(workspace, tools, host, readSettings(workspace, host).cluster, silent);
    for (const needed of ["Namespace", "ServiceAccount"]) {
      const objects = all.filter(({ kind }) => kind === needed);
      await ask(["apply", "--server-side", "--force-conflicts", "-f", "-"], objects);
    }
  });

  afterAll(async () => {
    await deleteCluster(workspace, tools, host);
    rmSync(folder, { recursive: true });
  });

  async function ask(args: readonly string[], objects: readonly object[]): Promise<string> {
    const kubectl = kubectlOfEmbedded(tools.kubectl, clusterPaths(workspace, host));
    return kubectl(args, objects.map((object) => JSON.stringify(object)).join("\n---\n"));
  }

  /** What it says of pods that would be made: admission is passed in earnest, and nothing is kept. */
  async function answers(some: readonly Pod[]): Promise<{ admitted: string[]; refused: string[] }> {
    const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
    try {
      const said = await ask(["create", "--dry-run=server", "-f", "-"], some);
      return { admitted: lines(said), refused: [] };
    } catch (error) {
      if (!(error instanceof ChildFailure)) throw error;
      return { admitted: [], refused: lines(error.output) };
    }
  }

  it("admits the pod of every template", async () => {
    const { admitted, refused } = await answers(pods);
    expect(refused).toEqual([]);
    expect(admitted).toHaveLength(pods.length);
  });

  it("refuses each of them with any breach of the standard, for that reason", async () => {
    let trials = 0;
    for (const { broken } of breaches) {
      const { refused } = await answers(pods.map(broken));
      expect(refused).toHaveLength(pods.length);
      expect(refused.filter((line) => !line.includes('violates PodSecurity "restricted:'))).toEqual(
        [],
      );
      trials += refused.length;
    }
    report({
      area: "security",
      claim: "no namespace of any stack lets in a pod that breaks the standard",
      trials,
      of: `pods with one of ${breaches.length} breaches, on a real API server`,
      seen: `${trials} refused, and all ${pods.length} unbroken ones admitted`,
    });
  });
});
