/**
 * Proves that the data of a release which the real Helm has installed come over to ours: the same claims,
 * volumes and Secrets, by their ids, before and after every step; and that a killed run, the way back and
 * the end leave them alone. The pods are simulated: that a server of ours starts on an old volume, no test
 * here shows.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { requireReady } from "../../cli/adopt";
import { until } from "../../cli/adopt/cluster";
import { requireClaimsFree } from "../../cli/adopt/in-use";
import { clusterPaths, deleteCluster, kubectlOfEmbedded } from "../../cli/cluster";
import { ensureToolchain } from "../../cli/toolchain";
import { openWorkspace, stateResources } from "../../cli/workspace";
import { ReleaseStage, request } from "./release";

const minutes = 60_000;
const { namespace } = request;

interface Found {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly persistentVolumeReclaimPolicy?: string; readonly replicas?: number };
}

describe("the adoption of a Helm release", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-adopt-"));
  const stage = new ReleaseStage(openWorkspace({ base: folder }), "dev");
  const survivors = [
    "PersistentVolumeClaim data-thunderline-postgresql-0",
    "PersistentVolumeClaim export-thunderline-minio-0",
    "PersistentVolumeClaim thunderline-thunderhelm-mlflow",
    "Secret thunderline-minio",
    "Secret thunderline-postgresql",
    "Secret thunderline-thunderhelm",
  ];
  let before: Readonly<Record<string, string>>;

  beforeAll(async () => {
    // The worst that a chart can say: its claims go when its pods do.
    const deleting = ["Deleted", "Scaled"].flatMap((when) => [
      "--set",
      `postgresql.claims.when${when}=Delete`,
    ]);
    await stage.install(...deleting);
    before = await ids();
  }, 5 * minutes);

  afterAll(async () => {
    await deleteCluster(stage.workspace, await ensureToolchain(), stage.stack);
    rmSync(folder, { recursive: true });
  }, minutes);

  it(
    "is shown first, with the settings by which ours finds the data, and refused without them",
    async () => {
      const plan = await stage.plan();
      expect(plan.obstacles).toEqual([]);
      const taken = plan.judged.map(({ holding, verdict }) => [holding.claim, verdict?.adopt]);
      expect(taken).toEqual([
        ["data-thunderline-postgresql-0", true],
        ["export-thunderline-minio-0", true],
        ["thunderline-thunderhelm-mlflow", true],
      ]);
      expect(() => {
        requireReady(stage.stack, plan);
      }).toThrow("existingClaim: data-thunderline-postgresql-0");
      stage.take(plan);
    },
    3 * minutes,
  );

  it(
    "is ended by the next run where one was killed in the middle",
    async () => {
      const killed = adoptElsewhere();
      const ended = new Promise((resolve) => killed.once("exit", resolve));
      await until("The old pods are not stopped", 120, async () =>
        (await running()).filter((name) => name === "Deployment thunderline-thunderhelm-web"),
      );
      process.kill(-(killed.pid ?? 0), "SIGKILL");
      await ended;
      const { mounted } = await stage.apply();
      expect(mounted).toEqual({
        "data-thunderline-postgresql-0": "StatefulSet postgres",
        "export-thunderline-minio-0": "StatefulSet minio",
        "thunderline-thunderhelm-mlflow": "Deployment mlflow",
      });
      expect(await ids()).toEqual(before);
    },
    6 * minutes,
  );

  it("lets no update begin while a pod of others has a volume", async () => {
    const pod = {
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "stranger" } },
      spec: {
        // Pod security of the namespace counts for it too.
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            ...{ name: "a", image: "example.com/a:1" },
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            resources: {
              requests: { cpu: "1m", memory: "1Mi" },
              limits: { cpu: "1m", memory: "1Mi" },
            },
          },
        ],
        volumes: [
          { name: "v", persistentVolumeClaim: { claimName: "data-thunderline-postgresql-0" } },
        ],
      },
    };
    await kubectl(["create", "-n", namespace, "-f", "-"], JSON.stringify(pod));
    await expect(stage.on(requireClaimsFree)).rejects.toThrow(
      "claim data-thunderline-postgresql-0 of thunderline: mounted by Pod stranger",
    );
    await kubectl(["delete", "pod", "stranger", "-n", namespace, "--now"]);
    await stage.on(requireClaimsFree);
  }, 60_000);

  it("keeps the volumes, whoever deletes a claim", async () => {
    const volumes = await found("persistentvolumes");
    const old = volumes.filter(({ metadata }) => Object.values(before).includes(metadata.uid));
    expect(old).toHaveLength(3);
    expect(new Set(old.map(({ spec }) => spec?.persistentVolumeReclaimPolicy))).toEqual(
      new Set(["Retain"]),
    );
  });

  it("has neither the claims nor a password of the old stores in the state", () => {
    const resources = stateResources(stage.workspace, stage.stack);
    const names = resources.map(({ type, urn }) => `${type} ${urn.split("::").at(-1) ?? ""}`);
    expect(names.filter((name) => name.includes("PersistentVolumeClaim"))).toEqual([]);
    expect(names.filter((name) => /RandomPassword .*(postgres|minio)/.test(name))).toEqual([]);
    expect(names.join()).toContain("StatefulSet thunderline-postgres");
  });

  it(
    "can be gone back on: the old ones run again as many as they were",
    async () => {
      await stage.back();
      await until("The old ones do not run", 60, async () => {
        const now = await running();
        return [
          "Deployment thunderline-thunderhelm-web",
          "StatefulSet thunderline-postgresql",
        ].filter((name) => !now.includes(name));
      });
      const [web] = await found("deployments/thunderline-thunderhelm-web");
      expect(web?.spec?.replicas).toBe(2);
      expect(await running()).not.toContain("StatefulSet postgres");
      expect(await ids()).toEqual(before);
      await expect(stage.finish()).rejects.toThrow("Of the release there still runs");
      expect(await stage.helm("list", "-n", namespace, "--short")).toContain("thunderline");
    },
    3 * minutes,
  );

  it(
    "ends, also after it was killed at its end, when ours is all there and nothing is left to change, with nothing of Helm's on the data",
    async () => {
      await stage.apply();
      const record = "sh.helm.release.v1.thunderline.v1";
      const killed = stage.finish((args) => args[0] === "delete" && args.includes(record));
      await expect(killed).rejects.toThrow("killed");
      await expect(stage.back()).rejects.toThrow(/cannot be started again: .* are gone/);
      const { kept } = await stage.finish();
      expect([...kept].sort()).toEqual(survivors);
      expect(await ids()).toEqual(before);
      expect(await stage.helm("list", "-n", namespace, "--all", "--short")).toBe("");
      const marked = (
        await found("persistentvolumeclaims,secrets,deployments,statefulsets")
      ).filter(
        ({ metadata: { labels = {}, annotations = {} } }) =>
          labels["app.kubernetes.io/managed-by"] === "Helm" ||
          Object.keys(annotations).some((name) => /^(meta\.)?helm\.sh\//.test(name)),
      );
      expect(marked).toEqual([]);
      expect(await running()).toEqual(
        expect.arrayContaining(["Deployment web", "StatefulSet minio", "StatefulSet postgres"]),
      );
    },
    8 * minutes,
  );

  /** What has to survive, and its volumes, by their ids. */
  async function ids(): Promise<Readonly<Record<string, string>>> {
    const claims = await found("persistentvolumeclaims,secrets");
    const own = claims.filter(({ kind, metadata }) =>
      survivors.includes(`${kind} ${metadata.name}`),
    );
    const volumes = (await found("persistentvolumes")).filter((volume) =>
      own.some(({ metadata }) => volume.metadata.name === `pvc-${metadata.uid}`),
    );
    const entries = [...own, ...volumes].map(({ kind, metadata }) => [
      `${kind} ${metadata.name}`,
      metadata.uid,
    ]);
    return Object.fromEntries(entries) as Record<string, string>;
  }

  /** Workloads that are to have pods. */
  async function running(): Promise<string[]> {
    const all = await found("deployments,statefulsets");
    return all
      .filter(({ spec }) => (spec?.replicas ?? 1) > 0)
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  }

  async function kubectl(args: readonly string[], input?: string): Promise<string> {
    const tools = await ensureToolchain();
    return kubectlOfEmbedded(tools.kubectl, clusterPaths(stage.workspace, stage.stack))(
      args,
      input,
    );
  }

  async function found(what: string): Promise<readonly Found[]> {
    const answer = JSON.parse(
      await kubectl(["get", what, "-n", namespace, "-o", "json"]),
    ) as Found & {
      readonly items?: readonly Found[];
    };
    return answer.items ?? [answer];
  }

  /** In a process group of its own, so that what it has started dies with it. */
  function adoptElsewhere(): ChildProcess {
    const script = join(__dirname, "interrupted-adoption.ts");
    const args = ["-r", "ts-node/register/transpile-only", script, folder];
    return spawn(process.execPath, [...args, JSON.stringify(stage.overrides)], {
      cwd: join(__dirname, "..", ".."),
      detached: true,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, TS_NODE_PROJECT: "tsconfig.program.json" },
    });
  }
});
