/** What an embedded cluster is made of. That it starts is shown by the cluster tests. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { clusterStatus, noteSeen } from "../../cli/cluster/cluster";
import { failureMarks, failureStages } from "../../cli/cluster/configuration";
import { readJson } from "../../cli/cluster/json-file";
import { renameContext, serverOf } from "../../cli/cluster/kubeconfig";
import { clusterPaths } from "../../cli/cluster/names";
import { clusterObjects } from "../../cli/cluster/objects";
import { freePorts, takenPorts } from "../../cli/cluster/ports";
import { ownProcesses } from "../../cli/cluster/processes";
import { removeVolumes } from "../../cli/cluster/volumes";
import type { Toolchain } from "../../cli/toolchain";
import type { Workspace } from "../../cli/workspace/workspace";

function at(base: string): Workspace {
  return { base, clusters: join(base, "clusters") } as Workspace;
}

describe("a cluster's paths", () => {
  it("are those of its stack and place alone", () => {
    const names = [
      clusterPaths(at("/a"), "dev"),
      clusterPaths(at("/a"), "prod"),
      clusterPaths(at("/b"), "dev"),
    ].map(({ name }) => name);
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^platform-dev-[0-9a-f]{8}$/);
    expect(clusterPaths(at("/a"), "dev").folder).toBe(`/a/clusters/${names[0] ?? ""}`);
  });
});

describe("what a stack demands", () => {
  const objects = clusterObjects({
    context: "c",
    storageClasses: { fast: {}, shared: {} },
    defaultStorageClass: "shared",
    ingressClasses: { edge: { controller: "traefik" }, inner: { controller: "nginx" } },
  });
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);

  it("are storage classes of which one is the default", () => {
    const defaults = ofKind("StorageClass").map(({ metadata: { name, annotations } }) => [
      name,
      annotations?.["storageclass.kubernetes.io/is-default-class"],
    ]);
    expect(defaults).toEqual([
      ["fast", "false"],
      ["shared", "true"],
    ]);
  });

  it("are ingress classes with their controllers", () => {
    expect(ofKind("IngressClass").map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
      ["edge", { controller: "traefik.io/ingress-controller" }],
      ["inner", { controller: "k8s.io/ingress-nginx" }],
    ]);
  });

  it("comes with nodes in three zones", () => {
    const zones = ofKind("Node").map(
      ({ metadata }) => metadata.labels?.["topology.kubernetes.io/zone"],
    );
    expect(new Set(zones).size).toBe(3);
  });
});

describe("a pod that is to fail", () => {
  const [stage] = failureStages as readonly {
    readonly spec: {
      readonly weight: number;
      readonly selector: { readonly matchExpressions: readonly { key: string }[] };
    };
  }[];

  it("is one with the label alone", () => {
    expect(stage?.spec.selector.matchExpressions).toContainEqual({
      key: `.metadata.labels["${failureMarks.reason}"]`,
      operator: "Exists",
    });
  });

  it("is held in its failure before kwok's own stages, which have no weight, make it ready", () => {
    expect(stage?.spec.weight).toBeGreaterThan(0);
  });
});

describe("a kubeconfig", () => {
  const kwok = [
    "clusters: [{ name: kwok-x, cluster: { server: https://127.0.0.1:1 } }]",
    "contexts: [{ name: kwok-x, context: { cluster: kwok-x, user: kwok-x } }]",
    "current-context: kwok-x",
  ].join("\n");

  it("has its only context under the name that the stack demands", () => {
    const renamed = renameContext(kwok, "team-dev");
    expect(renamed).toContain("current-context: team-dev");
    expect(renamed).toContain("- name: team-dev");
    expect(renamed).toContain("cluster: kwok-x");
  });

  it("can be renamed again", () => {
    expect(renameContext(renameContext(kwok, "a"), "b")).toBe(renameContext(kwok, "b"));
  });

  it("tells its server", () => {
    expect(serverOf(kwok)).toBe("https://127.0.0.1:1");
  });
});

describe("ports", () => {
  let server: Server;

  afterEach(async () => {
    await new Promise((done) => server.close(done));
  });

  it("are taken as long as something listens", async () => {
    const [port = 0, other = 0] = await freePorts(2);
    expect(port).not.toBe(other);
    server = createServer();
    await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
    await expect(takenPorts([port, other], 0)).resolves.toEqual([port]);
  });
});

describe("a cluster's processes", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-cluster-"));
  const pid = (component: string) => join(folder, "pids", `${component}.pid`);

  beforeEach(() => {
    mkdirSync(join(folder, "pids"), { recursive: true });
    writeFileSync(pid("etcd"), "7");
    writeFileSync(pid("kube-apiserver"), "8");
    writeFileSync(pid("kube-scheduler"), "9");
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("are those alone whose number was not given to another program", () => {
    const running: Record<number, string> = { 7: `${folder}/bin/etcd --name x`, 8: "/usr/bin/vim" };
    const found = ownProcesses(folder, (number) => running[number] ?? "");
    expect(found).toEqual([{ component: "etcd", pid: 7 }]);
    const left = ["etcd", "kube-apiserver", "kube-scheduler"].map((name) => existsSync(pid(name)));
    expect(left).toEqual([true, false, false]);
  });
});

it("removes no folder that the provisioner did not make", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-volumes-"));
  const innocent = join(folder, "data");
  mkdirSync(innocent);
  writeFileSync(
    join(folder, "volumes.json"),
    JSON.stringify([innocent, `/tmp/hostpath_pv/../..${innocent}`]),
  );
  removeVolumes({ name: "n", folder, kubeconfig: "", record: "" });
  expect(existsSync(innocent)).toBe(true);
  rmSync(folder, { recursive: true });
});

describe("a cluster's record", () => {
  const base = mkdtempSync(join(tmpdir(), "platform-record-"));
  const paths = clusterPaths(at(base), "dev");
  const record = { programs: "p", context: "c", objects: "o" };

  beforeEach(() => {
    mkdirSync(paths.folder, { recursive: true });
    writeFileSync(paths.kubeconfig, "");
  });

  afterAll(() => {
    rmSync(base, { recursive: true });
  });

  it("says no longer that no `up` has succeeded once one has", async () => {
    writeFileSync(paths.record, JSON.stringify({ ...record, unseen: true }));
    await noteSeen(at(base), "dev");
    expect(readJson(paths.record)).toEqual(record);
  });

  it.each(["", '{"programs": "p'])("counts as absent when it is cut off: %j", async (text) => {
    writeFileSync(paths.record, text);
    await expect(clusterStatus(at(base), {} as Toolchain, "dev")).resolves.toBe("absent");
    await noteSeen(at(base), "dev");
    expect(readFileSync(paths.record, "utf8")).toBe(text);
  });
});
