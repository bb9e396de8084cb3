import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";

import { KubeConfig } from "@kubernetes/client-node";

import type { Api, Job, KubernetesObject, Pod, Secret } from "../../../cli/kubernetes";
import { apiOf } from "../../../cli/kubernetes/api";
import { killGroup } from "../../../cli/toolchain/process";
import { serveExec } from "./exec-server";
import { type ImageBase, imageOf, startIn } from "./image";

type Container = NonNullable<Pod["spec"]>["containers"][number];

const served: Readonly<Record<string, readonly (readonly [string, string, boolean])[]>> = {
  v1: [
    ["namespaces", "Namespace", false],
    ["persistentvolumes", "PersistentVolume", false],
    ["persistentvolumeclaims", "PersistentVolumeClaim", true],
    ["pods", "Pod", true],
    ["secrets", "Secret", true],
    ["services", "Service", true],
    ["events", "Event", true],
  ],
  "batch/v1": [["jobs", "Job", true]],
};

/**
 * An API server and a kubelet on loopback, as far as a Job is run by them: its containers are processes of
 * this machine with the programs of an image, its log is theirs, and exec speaks v4.channel.k8s.io as a
 * kubelet does. A path of a container (`/out`, `/volume`) is a folder here.
 */
export class Kubelet {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #logs = new Map<string, string>();
  readonly #processes = new Map<string, ChildProcess[]>();
  readonly #environments = new Map<string, NodeJS.ProcessEnv>();
  readonly #server: Server;
  #uid = 0;

  private constructor(
    private readonly folder: string,
    private readonly base: ImageBase,
    private readonly path: string,
    /** The folders of claims. */
    private readonly volumes: Readonly<Record<string, string>>,
  ) {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    serveExec(this.#server, (url) => {
      const pod = /\/pods\/([^/]+)\/exec$/.exec(url.pathname)?.[1] ?? "";
      const container = url.searchParams.get("container") ?? "";
      const env = this.#environments.get(`${pod} ${container}`) ?? {};
      return startIn(this.base, url.searchParams.getAll("command"), env);
    });
  }

  static async start(
    folder: string,
    base: ImageBase,
    programs: readonly string[],
    volumes: Readonly<Record<string, string>>,
    objects: readonly object[],
  ): Promise<Kubelet> {
    const kubelet = new Kubelet(folder, base, await imageOf(folder, base, programs), volumes);
    for (const object of objects) kubelet.#put(object as KubernetesObject);
    await new Promise<void>((resolve) => kubelet.#server.listen(0, "127.0.0.1", resolve));
    return kubelet;
  }

  get api(): Api {
    const address = this.#server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: "here", server: `http://127.0.0.1:${String(port)}`, skipTLSVerify: true },
      { name: "me" },
    );
    return apiOf(config);
  }

  /** Those of a kind that are there now. */
  names(kind: string): readonly string[] {
    const all = [...this.#objects.values()].filter((one) => one.kind === kind);
    return all.map(({ metadata }) => metadata.name);
  }

  stop(): void {
    for (const name of this.#processes.keys()) this.#kill(name);
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://localhost");
    let body = "";
    for await (const part of request) body += String(part);
    const reply = (status: number, answer: unknown): void => {
      response.writeHead(status);
      response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
    };
    const missing = { reason: "NotFound", message: `${url.pathname} is not found` };
    if (url.pathname === "/apis") {
      reply(200, { groups: [{ preferredVersion: { groupVersion: "batch/v1" } }] });
      return;
    }
    const found = /^\/apis?\/((?:v1)|(?:batch\/v1))(?:\/(.*))?$/.exec(url.pathname);
    const kinds = served[found?.[1] ?? ""];
    if (found === null || kinds === undefined) {
      reply(404, missing);
    } else if (found[2] === undefined) {
      const resources = kinds.map(([name, kind, namespaced]) => {
        return { name, kind, namespaced, verbs: ["list"] };
      });
      reply(200, { resources });
    } else {
      const parts = found[2].split("/");
      const inside = parts[0] === "namespaces" && parts.length > 2;
      const [plural = "", name, sub] = inside ? parts.slice(2) : parts;
      const kind = kinds.find(([one]) => one === plural)?.[1] ?? "";
      const namespace = inside ? parts[1] : undefined;
      reply(...this.#handle(request.method ?? "", { kind, name, sub, namespace, url, body }));
    }
  }

  #handle(
    method: string,
    it: {
      readonly kind: string;
      readonly name: string | undefined;
      readonly sub: string | undefined;
      readonly namespace: string | undefined;
      readonly url: URL;
      readonly body: string;
    },
  ): [number, unknown] {
    const { kind, name, url } = it;
    const object = name === undefined ? undefined : this.#objects.get(`${kind} ${name}`);
    const missing = { reason: "NotFound", message: `${kind} ${name ?? ""} not found` };
    if (method === "POST") {
      const made = this.#put(JSON.parse(it.body) as KubernetesObject);
      if (made.kind === "Job") this.#run(made);
      return [201, made];
    }
    if (name === undefined) {
      const items = [...this.#objects.values()].filter(
        (one) => one.kind === kind && isSelected(one, url.searchParams.get("labelSelector") ?? ""),
      );
      return [200, { items, metadata: {} }];
    }
    if (object === undefined) return [404, missing];
    if (it.sub === "log") {
      return [200, this.#logs.get(`${name} ${url.searchParams.get("container") ?? ""}`) ?? ""];
    }
    if (method === "DELETE") {
      this.#objects.delete(`${kind} ${name}`);
      this.#objects.delete(`Pod ${name}-pod`);
      this.#kill(name);
    }
    return [200, object];
  }

  #put(object: KubernetesObject): KubernetesObject {
    this.#uid += 1;
    const made = { ...object, metadata: { ...object.metadata, uid: String(this.#uid) } };
    this.#objects.set(`${object.kind} ${object.metadata.name}`, made);
    return made;
  }

  /** The first container to its end, then the second one. */
  #run(job: Job): void {
    const { name, namespace = "" } = job.metadata;
    const spec = job.spec?.template.spec;
    const [dump] = spec?.initContainers ?? [];
    const [hold] = spec?.containers ?? [];
    if (spec === undefined || dump === undefined || hold === undefined) throw new Error(name);
    const labels = { "batch.kubernetes.io/job-name": name };
    const show = (status: object): void => {
      if (!this.#objects.has(`Job ${name}`)) return;
      this.#put({
        ...{ apiVersion: "v1", kind: "Pod", spec, status },
        metadata: { name: `${name}-pod`, namespace, labels },
      });
    };
    const out = join(this.folder, `out-${name}-${String(this.#uid)}`);
    mkdirSync(out);
    const claim = spec.volumes?.find(({ name: volume }) => volume === "data");
    const volume = this.volumes[claim?.persistentVolumeClaim?.claimName ?? ""] ?? "";
    show({ phase: "Pending" });
    this.#start(name, dump, { out, volume }, (exitCode) => {
      const initContainerStatuses = [{ name: "dump", state: { terminated: { exitCode } } }];
      show({ phase: "Pending", initContainerStatuses });
      if (exitCode !== 0) return;
      this.#start(name, hold, { out, volume }, () => undefined);
      const containerStatuses = [{ name: "hold", state: { running: {} } }];
      show({ phase: "Running", initContainerStatuses, containerStatuses });
    });
  }

  #start(
    job: string,
    container: Container,
    folders: { readonly out: string; readonly volume: string },
    ended: (exitCode: number) => void,
  ): void {
    const env: NodeJS.ProcessEnv = { PATH: this.path };
    for (const { name, value, valueFrom } of container.env ?? []) {
      const key = valueFrom?.secretKeyRef;
      const secret = this.#objects.get(`Secret ${key?.name ?? ""}`) as Secret | undefined;
      const data = Buffer.from(secret?.data?.[key?.key ?? ""] ?? "", "base64").toString();
      env[name] = value === "/out" ? folders.out : value === "/volume" ? folders.volume : value;
      if (key !== undefined) env[name] = secret?.stringData?.[key.key] ?? data;
    }
    this.#environments.set(`${job}-pod ${container.name}`, env);
    const child = startIn(this.base, container.command ?? [], env);
    this.#processes.set(job, [...(this.#processes.get(job) ?? []), child]);
    const log = `${job}-pod ${container.name}`;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (part: Buffer) => {
        this.#logs.set(log, (this.#logs.get(log) ?? "") + part.toString());
      });
    }
    child.on("close", (code) => {
      ended(code ?? 137);
    });
  }

  #kill(job: string): void {
    for (const { pid } of this.#processes.get(job) ?? []) killGroup(pid);
    this.#processes.delete(job);
  }
}

function isSelected({ metadata }: KubernetesObject, selector: string): boolean {
  return selector
    .split(",")
    .filter((term) => term !== "")
    .every((term) => {
      const [key = "", value] = term.split("=");
      return metadata.labels?.[key] === value;
    });
}
