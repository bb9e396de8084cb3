/**
 * The consolidation of the cluster of document 001 on a real API server, with releases that the real Helm
 * has installed: forwards, from each phase backwards, cut off in its middle, and to its end, with every
 * volume and every credential compared. Pods are simulated: no dump is written, so the archives have no
 * data until the test puts some in, and that a server starts on an old volume is not shown here.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { until } from "../../cli/adopt/cluster";
import { deleteCluster } from "../../cli/cluster";
import type { Phase } from "../../cli/consolidate";
import { type KubernetesObject, kinds, nameOf } from "../../cli/kubernetes";
import { ensureToolchain } from "../../cli/toolchain";
import { openWorkspace } from "../../cli/workspace";
import { Consolidation } from "./consolidation";

const minutes = 60_000;
const places = ["thunderline", "thunder", "cerebros"];
const duplicates = ["thunder/thunderline", "cerebros/thunder"];

describe("the consolidation of a cluster in trouble", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-consolidate-"));
  const consolidation = new Consolidation(openWorkspace({ base: folder }));
  const { cluster, store } = consolidation;
  let survivors: Readonly<Record<string, string>>;
  let before: Readonly<Record<string, number>>;

  beforeAll(async () => {
    await cluster.install();
    survivors = await ids();
    before = await workloads();
  }, 6 * minutes);

  afterAll(async () => {
    await deleteCluster(consolidation.workspace, await ensureToolchain(), "dev");
    rmSync(folder, { recursive: true });
  }, minutes);

  it(
    "is shown first: what each phase would do, every conflict of the values, and no secret",
    async () => {
      const { plans, leftovers } = await consolidation.plan();
      const text = JSON.stringify([plans, leftovers]);
      expect(plans.map(({ phase, state }) => `${phase} ${state}`)).toEqual([
        ...[
          "audit open",
          "backup open",
          "merge open",
          "retire open",
          "apply open",
          "validate open",
        ],
      ]);
      expect(text).toContain("uninstall thunder/thunderline by Helm's record");
      expect(text).toContain("Deployment cerebros/thunder-automat0");
      expect(text).toMatch(/existingClaim: data-thunderline-postgresql-0/);
      expect(text).not.toContain("owner-password-of-thunderline");
      expect(await ids()).toEqual(survivors);
      expect(await workloads()).toEqual(before);
    },
    3 * minutes,
  );

  it(
    "does not take a dump that nobody wrote for a backup, and goes on without one only for a reason",
    async () => {
      await expect(consolidation.advance("backup")).rejects.toThrow(
        /^The archive of thunderline\/thunderline lacks data: claim /,
      );
      expect(store.read()?.phases.backup?.outcome).toBe("failed");
      consolidation.withoutData = "pods are simulated";
      const { done } = await consolidation.advance("backup");
      expect(done.map(({ phase }) => phase)).toEqual(["backup"]);
      expect(readFileSync(store.path("audit.md"), "utf8")).toContain("thunder-automat0");
    },
    12 * minutes,
  );

  it(
    "takes nothing down before the stack file says where the data are",
    async () => {
      await expect(consolidation.advance("validate")).rejects.toThrow(
        "Pulumi.dev.yaml lacks settings",
      );
      expect(readFileSync(store.path("Pulumi.dev.yaml"), "utf8")).toContain(
        "existingClaim: data-thunderline-postgresql-0",
      );
      expect(await workloads()).toEqual(before);
      await consolidation.take();
      await consolidation.advance("merge");
    },
    3 * minutes,
  );

  it(
    "retires the duplicates by Helm's own record, also after it was killed in the middle, and keeps their volumes",
    async () => {
      const killed = elsewhere("retire");
      await until("Nothing is taken down", 120, async () =>
        Object.keys(await workloads()).filter((name) =>
          name.startsWith("Deployment thunder/thunderline-thunderhelm-web"),
        ),
      );
      await end(killed);
      await consolidation.advance("retire");
      const left = Object.keys(await workloads());
      expect(left.filter((name) => !name.includes(" thunderline/"))).toEqual([]);
      expect(await podsIn("thunder", "cerebros")).toEqual([]);
      expect(await ids()).toEqual(survivors);
      expect(await helmStatus()).toEqual(new Map(duplicates.map((key) => [key, "uninstalled"])));
    },
    5 * minutes,
  );

  it(
    "goes back from there: everything runs as it did, a workload at 0 too, and Helm knows it",
    async () => {
      await consolidation.back();
      expect(await workloads()).toEqual(before);
      expect(await ids()).toEqual(survivors);
      expect(await helmStatus()).toEqual(new Map(duplicates.map((key) => [key, "deployed"])));
      const history = await cluster.stage.helm("get", "values", "thunderline", "-n", "thunder");
      expect(history).toContain("failing");
    },
    3 * minutes,
  );

  it(
    "brings ours up on the volumes, also after it was killed in the middle",
    async () => {
      await consolidation.advance("retire");
      const killed = elsewhere("apply");
      await until("The kept release is not stopped", 180, async () => {
        const now = await workloads();
        return now["Deployment thunderline/thunderline-thunderhelm-web"] === 0 ? [] : ["web"];
      });
      await end(killed);
      const { done } = await consolidation.advance("apply");
      expect(done[0]?.says).toContain("StatefulSet postgres has data-thunderline-postgresql-0");
      expect(await ids()).toMatchObject(survivors);
      expect(Object.keys(await workloads())).toContain("Deployment thunderline/web");
    },
    12 * minutes,
  );

  it(
    "goes back from there: the old ones run on the same volumes, and ours is gone",
    async () => {
      const undone = await consolidation.back();
      expect(undone.map((line) => line.split(":")[0])).toEqual(["apply", "retire"]);
      expect(await workloads()).toEqual(before);
      expect(await ids()).toMatchObject(survivors);
    },
    5 * minutes,
  );

  it(
    "goes to its end and back from there, and once more to its end",
    async () => {
      const { done } = await consolidation.advance("validate");
      expect(done.at(-1)?.says).toMatch(/^\d+ passed, \d+ warnings, \d+ unchecked$/);
      await consolidation.back();
      expect(await workloads()).toEqual(before);
      await consolidation.advance("validate");
      expect(await ids()).toMatchObject(survivors);
      expect(store.read()?.phases.validate?.outcome).toBe("done");
    },
    15 * minutes,
  );

  it(
    "deletes no claim whose data are not in a whole archive",
    async () => {
      await expect(consolidation.deleteLeftovers()).rejects.toThrow(
        /^Nothing of thunder\/thunderline is deleted:\n {2}its archive lacks data: claim /,
      );
      expect(await ids()).toMatchObject(survivors);
    },
    2 * minutes,
  );

  it(
    "deletes what is archived whole, and of the kept release what holds no data",
    async () => {
      await consolidation.archiveWithData();
      const { deleted, volumes } = await consolidation.deleteLeftovers();
      expect(deleted).toEqual(
        expect.arrayContaining([
          "PersistentVolumeClaim cerebros/mlflow-tracking",
          "PersistentVolumeClaim thunder/data-thunderline-postgresql-0",
          "Secret thunder/thunderline-postgresql",
        ]),
      );
      const now = await ids();
      const kept = Object.entries(survivors).filter(
        ([name]) => name.includes(" thunderline/") || name.startsWith("PersistentVolume "),
      );
      expect(now).toMatchObject(Object.fromEntries(kept));
      expect(volumes).not.toEqual([]);
      expect(await cluster.stage.helm("list", "-A", "--all", "--short")).toBe("traefik\n");
      // What nobody's release has made is nobody's leftover.
      expect(Object.keys(now)).toContain("PersistentVolumeClaim thunder/old-runs");
    },
    5 * minutes,
  );

  it(
    "has nothing more to delete, and no way back",
    async () => {
      expect(await consolidation.deleteLeftovers()).toEqual({ deleted: [], volumes: [], left: [] });
      await expect(consolidation.back()).rejects.toThrow();
    },
    minutes,
  );

  /** What has to survive everything: claims, their volumes and credentials, by their ids. */
  async function ids(): Promise<Readonly<Record<string, string>>> {
    const api = await cluster.api();
    const claims = await api.list(kinds.persistentVolumeClaims);
    const secrets = (await api.list(kinds.secrets)).filter(({ type }) => type === "Opaque");
    const volumes = await api.list(kinds.persistentVolumes);
    const all: readonly KubernetesObject[] = [...claims, ...volumes, ...secrets];
    const own = all.filter(({ kind, metadata }) =>
      isOld(kind, metadata.namespace, metadata.labels),
    );
    return Object.fromEntries(own.map((object) => [nameOf(object), object.metadata.uid ?? ""]));
  }

  function isOld(
    kind: string,
    namespace: string | undefined,
    labels: Readonly<Record<string, string>> = {},
  ): boolean {
    if (labels["app.kubernetes.io/managed-by"] === "pulumi") return false;
    return kind === "PersistentVolume" || places.includes(namespace ?? "");
  }

  /** Replicas of each workload that Helm has made, and of ours. */
  async function workloads(): Promise<Readonly<Record<string, number>>> {
    const api = await cluster.api();
    const all = [...(await api.list(kinds.deployments)), ...(await api.list(kinds.statefulSets))];
    const here = all.filter(({ metadata }) => places.includes(metadata.namespace ?? ""));
    return Object.fromEntries(here.map((it) => [nameOf(it), it.spec?.replicas ?? 1]));
  }

  async function podsIn(...namespaces: string[]): Promise<string[]> {
    const pods = await (await cluster.api()).list(kinds.pods);
    return pods.filter(({ metadata }) => namespaces.includes(metadata.namespace ?? "")).map(nameOf);
  }

  /** What the real Helm says of the duplicates. */
  async function helmStatus(): Promise<ReadonlyMap<string, string>> {
    const listed = await cluster.stage.helm(
      "list",
      "--all-namespaces",
      "--all",
      "--output",
      "json",
    );
    const releases = JSON.parse(listed) as { name: string; namespace: string; status: string }[];
    return new Map(
      duplicates.map((key) => [
        key,
        releases.find(({ name, namespace }) => `${namespace}/${name}` === key)?.status ?? "unknown",
      ]),
    );
  }

  /** In a process group of its own, so that what it has started dies with it. */
  function elsewhere(to: Phase): ChildProcess {
    const script = join(__dirname, "interrupted-consolidation.ts");
    const args = ["-r", "ts-node/register/transpile-only", script, folder, to];
    return spawn(process.execPath, [...args, JSON.stringify(consolidation.overrides)], {
      cwd: join(__dirname, "..", ".."),
      detached: true,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, TS_NODE_PROJECT: "tsconfig.program.json" },
    });
  }

  async function end(child: ChildProcess): Promise<void> {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null) process.kill(-(child.pid ?? 0), "SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await ended;
  }
});
