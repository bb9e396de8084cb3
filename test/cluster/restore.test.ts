/**
 * What a restore does to the writers of a store on a real API server: with the field managers that Pulumi
 * works by. Pods are simulated: no backup is read here, and no store is written.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { clusterOf } from "../../cli/commands/cluster-of";
import { runChild } from "../../cli/process";
import { silent } from "../../cli/progress";
import { backupOf, backupsAmong } from "../../cli/restore/backups";
import { startOwn, stopWriters } from "../../cli/restore/quiesce";
import { restore } from "../../cli/restore/restore";
import { ClusterRunner, type Outcome, type Runner } from "../../cli/restore/runner";
import { systemObjects } from "../../cli/restore/system";
import { writersOf } from "../../cli/restore/writers";
import { ensureToolchain } from "../../cli/toolchain";
import { readSettings } from "../../cli/workspace";
import { Stage } from "./stage";

const minutes = 60_000;
const repository = join(__dirname, "..", "..");

const off = { enabled: false, data: "discard" };
const running = {
  "Deployment/web": "2",
  "Deployment/worker": "1",
  "CronJob/postgres-backup": "false",
};
const stopped = {
  "Deployment/web": "0",
  "Deployment/worker": "0",
  "CronJob/postgres-backup": "true",
};

describe("a restore on a real API server", () => {
  const stage = new Stage("staging");
  const others = ["faultmaven", "philotes", "telemetry"].flatMap((system) =>
    stage.settings(system, off),
  );

  beforeAll(() => stage.up(others), 10 * minutes);
  afterAll(() => stage.end(), 2 * minutes);

  /** Replicas or suspension of those that write into the database, and of its backup. */
  async function writers(): Promise<Record<string, string>> {
    const path = "{.kind}/{.metadata.name} {.spec.replicas}{.spec.suspend}";
    const states = await Promise.all(
      Object.keys(running).map((name) =>
        stage.kubectl("get", name, "--namespace=thunderline", `--output=jsonpath=${path}`),
      ),
    );
    return Object.fromEntries(states.map((state) => state.split(" ") as [string, string]));
  }

  /** What this command has left on objects, or of Jobs. */
  async function marks(): Promise<string[]> {
    const kinds = "deployments,cronjobs";
    const all = await stage.kubectl(
      ...["get", kinds, "--namespace=thunderline", "--show-managed-fields", "--output=json"],
    );
    return all.match(/restore\.platform\/\w+|platform-restore/g) ?? [];
  }

  const environment = { ...process.env, PLATFORM_DIR: stage.workspace.base };
  const command = (...args: string[]) =>
    runChild(
      process.execPath,
      [
        "cli/platform.mjs",
        "restore",
        "--stack=staging",
        "--system=thunderline",
        "--embedded",
        ...args,
      ],
      { cwd: repository, env: environment },
    );

  it(
    "has its Job before it stops the writers, begins when they have stopped, starts them after it, and is not done without a word of it",
    async () => {
      const tools = await ensureToolchain();
      const { workspace, stack } = stage;
      const { context } = readSettings(workspace, stack).cluster;
      const kubectl = await clusterOf({ workspace, tools, stack, context, embedded: true });
      const at = { kubectl, namespaces: ["thunderline"], keda: false, progress: silent };
      const objects = await systemObjects(at);
      const backup = backupOf("thunderline", "postgres", backupsAmong(objects.cronJobs));
      const jobs = new ClusterRunner({
        ...{ kubectl, backup, progress: silent, namespaces: at.namespaces, run: "this" },
        ...{ deadlineSeconds: 600, sharedClaims: [] },
      });
      const seen: unknown[] = [];
      const runner: Runner = {
        list: async () => {
          const log =
            'BACKUP {"store":"postgres","at":"20261121T020000Z","bytes":1,"rows":1}\nBACKUPS 1';
          return { name: "told", exitCode: 0, log, why: "" };
        },
        claim: async (variables) => {
          const claim = await jobs.claim(variables);
          seen.push(await writers(), await jobsOfThis());
          await expect(jobs.claim(variables)).rejects.toThrow("is about to restore postgres");
          const begin = async (): Promise<Outcome> => {
            seen.push(await writers(), await jobsOfThis());
            return claim.begin();
          };
          return { ...claim, begin };
        },
      };
      const done = restore(
        { store: "postgres", overwrite: true },
        {
          runner,
          confirm: async () => undefined,
          stop: () => stopWriters(at, writersOf(backup, objects), "this"),
          start: () => startOwn(at, "this"),
          now: Date.now,
        },
      );
      await expect(done).rejects.toThrow("Not done");
      const suspended = ["postgres-restore true"];
      expect(seen).toEqual([running, suspended, stopped, suspended]);
      expect(await writers()).toEqual(running);
      expect(await jobsOfThis()).toEqual(["postgres-restore false"]);
    },
    3 * minutes,
  );

  /** `postgres-restore true` of one that is suspended. */
  async function jobsOfThis(): Promise<string[]> {
    const path = '{range .items[*]}{.metadata.name} {.spec.suspend}{"\\n"}{end}';
    const answer = await stage.kubectl(
      ...["get", "jobs", "--namespace=thunderline", `--output=jsonpath=${path}`],
      "--selector=restore.platform/task=restore",
    );
    return answer.split("\n").filter((line) => line !== "");
  }

  it(
    "leaves nothing behind that the program would change, or would be kept from changing",
    async () => {
      expect(await marks()).toEqual([]);
      expect(await stage.changes(others)).toEqual([]);
      await stage.refresh();
      expect(await stage.changes(others)).toEqual([]);
      const more = stage.settings("thunderline", {
        worker: { scaling: { type: "fixed", replicas: 2 } },
      });
      await stage.up([...others, ...more]);
      expect(await writers()).toMatchObject({ "Deployment/worker": "2" });
      await stage.up(others);
    },
    5 * minutes,
  );

  /** Kills a restore when it has got so far; see ./interrupted-restore.ts. */
  async function killed(until: "its Job" | "the stop"): Promise<void> {
    const program = `require("ts-node").register({ project: "tsconfig.program.json" });
        require("./test/cluster/interrupted-restore.ts");`;
    const child = spawn(process.execPath, ["-e", program, "-", "staging", "postgres", until], {
      cwd: repository,
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await writers()).toEqual(stopped);
  }

  it(
    "is taken up by --resume-writers where it was killed in the middle",
    async () => {
      await killed("its Job");
      const { code, stdout } = await command("--resume-writers");
      expect([code, stdout]).toEqual([0, expect.stringContaining("Deployment thunderline/web")]);
      expect(await writers()).toEqual(running);
      expect(await marks()).toEqual([]);
      expect(await stage.changes(others)).toEqual([]);
    },
    3 * minutes,
  );

  it(
    "that was killed before it began keeps others away until somebody says that it is over",
    async () => {
      await killed("the stop");
      const refused = await command("--store=postgres", "--yes");
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringMatching(/Deployment thunderline\/web[^]*is about to restore postgres/),
      ]);
      expect((await command("--resume-writers")).stderr).toContain("Nothing is done without --yes");
      expect(await writers()).toEqual(stopped);

      const { code } = await command("--resume-writers", "--yes");
      expect([code, await jobsOfThis()]).toEqual([0, []]);
      expect(await writers()).toEqual(running);
      expect(await marks()).toEqual([]);
    },
    3 * minutes,
  );

  it(
    "that ends early starts what an interrupted one has left stopped",
    async () => {
      await killed("its Job");
      const { code, stderr } = await command("--store=nope", "--yes");
      expect([code, stderr]).toEqual([1, expect.stringContaining('has no store "nope"')]);
      expect(await writers()).toEqual(running);
      expect(await marks()).toEqual([]);
    },
    3 * minutes,
  );

  it(
    "by the command stops nobody where no pod tells which backups there are",
    async () => {
      const { code, stderr } = await command("--store=postgres", "--yes");
      expect(code).toBe(1);
      expect(stderr).toContain("It is not known which backups of postgres there are");
      expect(stderr).toContain("pods are simulated");
      expect(await writers()).toEqual(running);
    },
    2 * minutes,
  );
});
