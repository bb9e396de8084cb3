import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { gzipSync } from "node:zlib";

import {
  backUp,
  type BackupPlan,
  type BackupRequest,
  type BackupResult,
  type Containers,
  planBackup,
} from "../../../cli/backup";
import { canonicalTar } from "../../../cli/backup/canonical";
import { encodeRecord } from "../../../cli/helm";
import { Journal } from "../../../cli/journal";
import { type Api, ApiFault, type Job, type KubernetesObject } from "../../../cli/kubernetes";
import { silent } from "../../../cli/progress";
import { type FakeApi, fakeApi } from "../../support/fake-api";

export const passphrase = "correct horse battery staple";
export const namespace = "acme";

/** Easy to guess, and quick: what takes long is not what is proved here. */
export const workFactor = 2;

/** What becomes of the Jobs of a cluster that has no kubelet. */
export interface Behaviour {
  /** What of a Job is set when it has been made, and its pod. @default the result waits to be fetched */
  readonly job?: (job: Job) => object;
  readonly pod?: object | null;
  /** What the first container of a claim's Job has written last. @default the line for `content` */
  readonly log?: (claim: string) => string;
  /** What comes when a claim's result is fetched. */
  readonly content?: (claim: string) => Buffer;
  readonly exitCode?: number;
  /** What a driver says of a snapshot. */
  readonly snapshot?: object;
}

/** A pod whose first container has ended well, and whose second one waits. */
export const waiting = {
  initContainerStatuses: [{ name: "dump", state: { terminated: { exitCode: 0 } } }],
  containerStatuses: [{ name: "hold", state: { running: {} } }],
};

/** A cluster in memory that says what it serves, and whose Jobs behave as they are told. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), "platform-backup-"));
  readonly fake: FakeApi;
  readonly api: Api;
  readonly fetched: string[] = [];
  readonly containers: Containers;
  #archives = 0;

  constructor(objects: readonly object[], behaviour: Behaviour = {}) {
    this.fake = fakeApi([
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      ...objects,
    ]);
    this.api = this.#served(behaviour);
    this.containers = this.#containersOf(behaviour);
  }

  async backUp(request: Partial<BackupRequest> = {}): Promise<BackupResult> {
    this.#archives += 1;
    const file = join(this.folder, `${String(this.#archives)}.tar`);
    const head = { command: "backup", context: "fake", startedAt: "2026-01-01T00:00:00.000Z" };
    return backUp(
      this.api,
      { namespace, ...request },
      {
        ...{ file, passphrase, workFactor, progress: silent, containers: this.containers },
        journal: new Journal(join(this.folder, "record.json"), head, silent),
        pace: { pollMs: 1, startSeconds: 0.05, snapshotSeconds: 0.05 },
        now: new Date("2026-01-02T03:04:05Z"),
      },
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #served({ job = () => ({}), pod = waiting, snapshot }: Behaviour): Api {
    const { fake } = this;
    return {
      ...fake,
      get: async (path) => {
        const versions = [...new Set(fake.objects.map(({ apiVersion }) => apiVersion))];
        if (path === "/apis") {
          const inGroups = versions.filter((it) => it !== "v1");
          const groups = [...new Set(inGroups.map((it) => it.split("/")[0] ?? ""))].map((name) => {
            const all = inGroups.filter((it) => it.startsWith(`${name}/`));
            return all.map((groupVersion) => ({ groupVersion }));
          });
          return JSON.stringify({
            groups: groups.map((all) => ({ preferredVersion: all[0], versions: all })),
          });
        }
        const version = path.replace(/^\/apis?\//, "");
        if (!versions.includes(version)) throw new ApiFault(404, "NotFound", `no ${path}`);
        const kinds = fake.objects.filter(({ apiVersion }) => apiVersion === version);
        return JSON.stringify({
          resources: [...new Set(kinds.map(({ kind }) => kind))].map((kind) => ({
            ...{ name: kind.toLowerCase(), kind, verbs: ["get", "list"] },
            namespaced: !["Namespace", "PersistentVolume", "StorageClass"].includes(kind),
          })),
        });
      },
      create: async (object) => {
        const { name } = object.metadata;
        const uid = `uid-of-${name}-${String(fake.calls.length)}`;
        const made = { ...object, metadata: { ...object.metadata, uid } };
        if (object.kind === "VolumeSnapshot") {
          return fake.create({ ...made, status: snapshot });
        }
        if (object.kind !== "Job") return fake.create(made);
        const created = { ...made, ...job(made) };
        await fake.create(created);
        if (pod !== null) await fake.create(podOf(name, pod));
        return created;
      },
      // As the garbage collector does.
      remove: async (object) => {
        await fake.remove(object);
        if (object.kind !== "Job") return;
        await fake.remove(podOf(object.metadata.name, {}));
      },
    };
  }

  #containersOf({ log, content = () => Buffer.alloc(0), exitCode = 0 }: Behaviour): Containers {
    const claimOf = (pod: string): string =>
      pod.replace("platform-backup-", "").replace(/-pod$/, "");
    return {
      log: async ({ pod }) => {
        const claim = claimOf(pod);
        return log === undefined ? resultLine(claim, content(claim)) : log(claim);
      },
      exec: async ({ pod }, command, stdout: Writable) => {
        this.fetched.push(`${pod} ${command.at(-1) ?? ""}`);
        if (command.at(-1)?.startsWith("cat") === true) stdout.write(content(claimOf(pod)));
        stdout.end();
        return { exitCode, stderr: exitCode === 0 ? "" : "cat: no such file\n" };
      },
    };
  }
}

function podOf(job: string, status: object): KubernetesObject {
  const labels = { "batch.kubernetes.io/job-name": job };
  const pod = { metadata: { name: `${job}-pod`, namespace, labels }, status };
  return { apiVersion: "v1", kind: "Pod", ...pod };
}

export function resultLine(claim: string, content: Buffer): string {
  const sum = createHash("sha256").update(content).digest("hex");
  return `backup-result ${claim} ${String(content.length)} ${sum}\n`;
}

/** A tar with some files, as a Job packs them. */
export async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const all = Object.entries(files).map(([name, text]) => {
    const content = Buffer.from(text);
    return { name, size: content.length, content: [content] };
  });
  const parts: Uint8Array[] = [];
  for await (const part of canonicalTar(all)) parts.push(part);
  return Buffer.concat(parts);
}

export async function copyOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  return gzipSync(await tarOf(files));
}

export const dumpFiles = {
  "./globals.sql": "CREATE ROLE a;\n--\n-- PostgreSQL database cluster dump complete\n--\n",
  "./databases": "app\npostgres\n",
  "./1.dump": "PGDMP of app",
  "./2.dump": "PGDMP of postgres",
};

export function secret(name: string, data: Readonly<Record<string, string>>): object {
  const encoded = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  return {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name, namespace } },
    data: Object.fromEntries(encoded) as object,
  };
}

export function configMap(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}

/** A claim with its volume. */
export function claim(name: string, spec: object = {}): readonly object[] {
  const volumeName = `pv-${name}`;
  return [
    {
      ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace } },
      spec: { volumeName, accessModes: ["ReadWriteOnce"], ...spec },
      status: { phase: "Bound", capacity: { storage: "5Gi" } },
    },
    {
      ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: volumeName } },
      spec: { persistentVolumeReclaimPolicy: "Delete" },
    },
  ];
}

/** A running pod with a claim at /data. */
export function pod(name: string, claimName: string, container: object, spec: object = {}): object {
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      nodeName: "node-1",
      volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
      containers: [
        {
          name: "main",
          image: "example.com/app:1",
          volumeMounts: [{ name: "data", mountPath: "/data" }],
          ...container,
        },
      ],
      ...spec,
    },
    status: { phase: "Running", podIP: "10.0.0.7" },
  };
}

/** A PostgreSQL server whose superuser's password is in a Secret. */
export const postgres = {
  image: "docker.io/library/postgres:15",
  env: [
    { name: "POSTGRES_USER", value: "ruler" },
    {
      name: "POSTGRES_PASSWORD",
      valueFrom: { secretKeyRef: { name: "db", key: "superuser" } },
    },
  ],
  volumeMounts: [{ name: "data", mountPath: "/var/lib/postgresql/data" }],
};

/** A release as Helm keeps it. */
export function record(name: string, config: object, manifest = ""): object {
  return {
    ...{ apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1" },
    metadata: {
      name: `sh.helm.release.v1.${name}.v1`,
      namespace,
      labels: { owner: "helm", name, version: "1" },
    },
    data: {
      release: encodeRecord({
        ...{ name, namespace, version: 1, config, manifest },
        info: { status: "deployed" },
        chart: { metadata: { name: "thunderhelm", version: "0.2.0" } },
      }),
    },
  };
}

/** A Service that leads to the pods of PostgreSQL with a label. */
export const service = (name: string, app: string, port: number): object => ({
  ...{ apiVersion: "v1", kind: "Service", metadata: { name, namespace } },
  spec: { selector: { app }, ports: [{ port, targetPort: 5432 }] },
});

/** What would be saved of some objects; nothing is changed by asking. */
export async function planOf(
  objects: readonly object[],
  request: Partial<BackupRequest> = {},
): Promise<BackupPlan> {
  const scene = new Scene(objects);
  try {
    const plan = await planBackup(scene.api, { namespace, ...request });
    expect(scene.fake.calls).toEqual([]);
    return plan;
  } finally {
    scene.remove();
  }
}
