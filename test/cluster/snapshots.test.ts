/**
 * The scripts that make and prune snapshots of volumes, run by the real kubectl against a real API
 * server, each as the service account and with the variables that the program declares. No storage
 * driver is there: what makes a snapshot ready is a patch of the test.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { parse, stringify } from "yaml";

import { clusterPaths, deleteCluster, ensureCluster, kubectl } from "../../cli/cluster";
import { silent } from "../../cli/progress";
import { renderObjects } from "../../cli/render";
import { ensureToolchain, type Toolchain } from "../../cli/toolchain";
import { run, type RunResult } from "../../cli/toolchain/process";
import { openWorkspace, readSettings, type Workspace } from "../../cli/workspace";

jest.setTimeout(120_000);

const stack = "prod";
const namespace = "timescaledb";
const makes = "timescaledb-snapshot";
const prunes = "snapshot-pruning";

interface DeclaredObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
}

interface CronJobSpec {
  readonly jobTemplate: {
    readonly spec: {
      readonly template: {
        readonly spec: {
          readonly containers: readonly [
            { readonly env: readonly { readonly name: string; readonly value?: string }[] },
          ];
        };
      };
    };
  };
}

const folder = mkdtempSync(join(tmpdir(), "platform-snapshots-"));
let workspace: Workspace;
let tools: Toolchain;
let declared: readonly DeclaredObject[];

function admin(...args: string[]): Promise<string> {
  return kubectl(tools.kubectl, clusterPaths(workspace, stack), args);
}

/** A kubeconfig with which kubectl is a service account, by a token as a pod has one. */
async function kubeconfigOf(account: string): Promise<string> {
  const config = parse(readFileSync(clusterPaths(workspace, stack).kubeconfig, "utf8")) as {
    contexts: { context: { user: string } }[];
  };
  const token = await admin("create", "token", account, `--namespace=${namespace}`);
  const users = config.contexts.map(({ context }) => ({ name: context.user, user: { token } }));
  const file = join(folder, `${account}.kubeconfig`);
  writeFileSync(file, stringify({ ...config, users }), { mode: 0o600 });
  return file;
}

function as(account: string, ...args: string[]): Promise<RunResult> {
  const env = {
    HOME: folder,
    PATH: process.env.PATH,
    KUBECONFIG: join(folder, `${account}.kubeconfig`),
  };
  return run(tools.kubectl, [`--namespace=${namespace}`, ...args], { env });
}

/** Runs the script of a CronJob with the CronJob's own variables, and `changes` on top. */
function script(job: string, changes: Readonly<Record<string, string>> = {}): Promise<RunResult> {
  const { spec } = found("CronJob", job) as { spec: CronJobSpec };
  const [container] = spec.jobTemplate.spec.template.spec.containers;
  const variables = container.env.flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const [text = ""] = Object.values(found("ConfigMap", job).data ?? {});
  const file = join(folder, `${job}.sh`);
  writeFileSync(file, text);
  const env = {
    ...Object.fromEntries(variables),
    ...changes,
    HOME: folder,
    KUBECONFIG: join(folder, `${job}.kubeconfig`),
    PATH: [dirname(tools.kubectl), process.env.PATH].join(delimiter),
  };
  return run("/bin/sh", [file], { env });
}

function found(kind: string, name: string): DeclaredObject {
  const object = declared.find((one) => one.kind === kind && one.metadata.name === name);
  if (object === undefined) throw new Error(`${stack} declares no ${kind} ${name}`);
  return object;
}

async function snapshots(): Promise<string[]> {
  const names = await admin(
    "get",
    "volumesnapshots",
    `--namespace=${namespace}`,
    "--output=jsonpath={.items[*].metadata.name}",
  );
  return names.split(" ").filter((name) => name !== "");
}

async function specOf(name: string): Promise<unknown> {
  const text = await admin(
    "get",
    `volumesnapshot/${name}`,
    `--namespace=${namespace}`,
    "--output=json",
  );
  const { metadata, spec } = JSON.parse(text) as {
    metadata: { labels: Record<string, string> };
    spec: unknown;
  };
  return { store: metadata.labels["backup.platform/store"], spec };
}

/** Waits for a snapshot, and says what the storage driver would say of it. */
async function report(name: string, status: object): Promise<void> {
  await admin(
    "wait",
    "--for=create",
    `volumesnapshot/${name}`,
    `--namespace=${namespace}`,
    "--timeout=30s",
  );
  await admin(
    "patch",
    `volumesnapshot/${name}`,
    `--namespace=${namespace}`,
    "--subresource=status",
    "--type=merge",
    `--patch=${JSON.stringify({ status })}`,
  );
}

beforeAll(async () => {
  workspace = openWorkspace({ base: folder });
  tools = await ensureToolchain();
  await ensureCluster(workspace, tools, stack, readSettings(workspace, stack).cluster, silent);
  const { files } = await renderObjects(stack);
  const objects = files.map(({ text }) => parse(text) as DeclaredObject);
  declared = objects.filter(({ metadata }) => metadata.namespace === namespace);
  const needed = [
    ...objects.filter(({ kind, metadata }) => kind === "Namespace" && metadata.name === namespace),
    ...[makes, prunes].flatMap((name) =>
      ["ServiceAccount", "Role", "RoleBinding"].map((kind) => found(kind, name)),
    ),
  ];
  const file = join(folder, "objects.yaml");
  writeFileSync(file, needed.map((object) => stringify(object)).join("---\n"));
  await admin("create", `--filename=${file}`);
  for (const account of [makes, prunes]) await kubeconfigOf(account);
});

afterAll(async () => {
  await deleteCluster(workspace, tools, stack);
  rmSync(folder, { recursive: true });
});

describe("the making of a snapshot", () => {
  it("names the store's claim, and ends once the snapshot is ready to use", async () => {
    const made = script(makes, { SNAPSHOT: "first" });
    await report("first", { readyToUse: false });
    await report("first", { readyToUse: true });
    expect(await made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /\nSNAPSHOT \{"store":"timescaledb","name":"first"\}\n$/,
      ) as string,
    });
    expect(await specOf("first")).toEqual({
      store: "timescaledb",
      spec: { source: { persistentVolumeClaimName: "timescaledb-data" } },
    });
  });

  it("goes on, when it is tried again, with what the try before it made", async () => {
    expect((await script(makes, { SNAPSHOT: "first" })).code).toBe(0);
    expect(await snapshots()).toEqual(["first"]);
  });

  it("fails when the snapshot is not ready in time, and says why it is not", async () => {
    const made = script(makes, { SNAPSHOT: "late", SNAPSHOT_CLASS: "csi", WAIT_SECONDS: "3" });
    await report("late", { readyToUse: false, error: { message: "no space in the pool" } });
    expect(await made).toMatchObject({
      code: 1,
      stderr: "snapshot of timescaledb failed: late is not ready after 3 s: no space in the pool\n",
    });
    expect(await specOf("late")).toMatchObject({ spec: { volumeSnapshotClassName: "csi" } });
  });

  it("fails when the API server refuses", async () => {
    const { code, stderr } = await script(makes, { SNAPSHOT: "other", NAMESPACE: "default" });
    expect([code, stderr]).toEqual([1, expect.stringContaining("snapshot of timescaledb failed")]);
  });

  it("can take no snapshot away", async () => {
    const { code, stderr } = await as(makes, "delete", "volumesnapshot", "first", "--wait=false");
    expect([code, stderr]).toEqual([1, expect.stringContaining("Forbidden")]);
  });

  it("can read nothing else of its namespace", async () => {
    const { code, stderr } = await as(makes, "get", "secrets");
    expect([code, stderr]).toEqual([1, expect.stringContaining("Forbidden")]);
  });
});

describe("the pruning of snapshots", () => {
  it("can make no snapshot", async () => {
    const file = join(folder, "forged.yaml");
    const metadata = { name: "forged" };
    const spec = { source: { persistentVolumeClaimName: "timescaledb-data" } };
    const apiVersion = "snapshot.storage.k8s.io/v1";
    writeFileSync(file, stringify({ apiVersion, kind: "VolumeSnapshot", metadata, spec }));
    const { code, stderr } = await as(prunes, "create", `--filename=${file}`);
    expect([code, stderr]).toEqual([1, expect.stringContaining("Forbidden")]);
  });

  it("removes none that is younger than its store's days", async () => {
    expect((await script(prunes)).stdout).toBe(
      'PRUNED {"store":"timescaledb","removed":0,"kept":2}\n',
    );
    expect(await snapshots()).toEqual(["first", "late"]);
  });

  it("removes none when nobody tells it what there is", async () => {
    const { code } = await script(prunes, { KEEP: "timescaledb=-1", NAMESPACE: "default" });
    expect(code).not.toBe(0);
    expect(await snapshots()).toEqual(["first", "late"]);
  });

  it("removes those that are older, and keeps the newest one that is ready", async () => {
    const second = script(makes, { SNAPSHOT: "second" });
    await report("second", { readyToUse: true });
    await second;
    const others = script(makes, { SNAPSHOT: "others", STORE: "other" });
    await report("others", { readyToUse: true });
    await others;
    // The snapshots of a test are seconds old: a day before tomorrow, all of them are too old.
    const { stdout } = await script(prunes, { KEEP: "timescaledb=-1" });
    expect(stdout.split("\n").at(-2)).toBe('PRUNED {"store":"timescaledb","removed":2,"kept":1}');
    expect(await snapshots()).toEqual(["others", "second"]);
  });
});
