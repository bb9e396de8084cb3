import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { clusterPaths, stopCluster } from "../../../cli/cluster";
import { freePorts } from "../../../cli/cluster/ports";
import { kinds, type KubernetesObject, openApi } from "../../../cli/kubernetes";
import { withSession } from "../../../cli/session";
import { ensureItems, ensureToolchain } from "../../../cli/toolchain";
import {
  annotatedUsage,
  kubeletMetrics,
  metricsServer,
} from "../../../cli/toolchain/metrics-server";
import type { Checkout } from "./checkout";

/** Annotations of a pod that say what it uses. Without them it uses next to nothing. */
export const usageMarks = {
  cpu: "kwok.x-k8s.io/usage-cpu",
  memory: "kwok.x-k8s.io/usage-memory",
} as const;

/** What a pod uses, as quantities of Kubernetes. */
export type Usage = Readonly<Record<keyof typeof usageMarks, string>>;

const apiService = {
  apiVersion: "apiregistration.k8s.io/v1",
  kind: "APIService",
  metadata: { name: "v1beta1.metrics.k8s.io" },
};

/**
 * The real metrics-server beside the embedded cluster of a checkout. It asks the simulated kubelets, whose
 * answers kwok makes of annotations, and the API server hands it what autoscalers ask for.
 */
export class MetricsServer {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts the cluster anew with kubelets that tell what their pods use, and the server beside it. */
  static async beside({ workspace, stack }: Checkout): Promise<MetricsServer> {
    const { folder, kubeconfig } = clusterPaths(workspace, stack);
    const items = await ensureItems([metricsServer, kubeletMetrics, annotatedUsage]);
    await stopCluster(workspace, await ensureToolchain(), stack);
    for (const files of [kubeletMetrics, annotatedUsage]) {
      for (const file of items.get(files)?.values() ?? []) {
        appendFileSync(join(folder, "kwok.yaml"), `\n---\n${readFileSync(file, "utf8")}`);
      }
    }
    // A session has the cluster run.
    await withSession({ workspace, stack }, () => Promise.resolve());

    const [port = 0] = await freePorts(1);
    const api = await openApi({ kubeconfig });
    for (const node of await api.list(kinds.nodes)) {
      const path = `/metrics/nodes/${node.metadata.name}/metrics/resource`;
      await api.patch(node, {
        metadata: { annotations: { "metrics.k8s.io/resource-metrics-path": path } },
      });
    }
    const namespace = "kube-system";
    const service = { name: "metrics-server", namespace };
    // Of a Service of this type the API server asks the host itself; no cluster address leads here.
    await api.create({
      ...{ apiVersion: "v1", kind: "Service", metadata: service },
      spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
    } as KubernetesObject);
    await api.create({
      ...apiService,
      spec: {
        service: { ...service, port },
        ...{ group: "metrics.k8s.io", version: "v1beta1", insecureSkipTLSVerify: true },
        ...{ groupPriorityMinimum: 100, versionPriority: 100 },
      },
    } as KubernetesObject);
    return new MetricsServer(
      start(items.get(metricsServer)?.get("metrics-server") ?? "", folder, port),
    );
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill();
    await gone;
  }
}

function start(program: string, folder: string, port: number): ChildProcess {
  const kubeconfig = join(folder, "kubeconfig.yaml");
  const log = openSync(join(folder, "logs", "metrics-server.log"), "a");
  const child = spawn(
    program,
    [
      ...["--bind-address=127.0.0.1", `--secure-port=${String(port)}`],
      `--tls-cert-file=${join(folder, "pki", "admin.crt")}`,
      `--tls-private-key-file=${join(folder, "pki", "admin.key")}`,
      ...["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"].map(
        (option) => `--${option}=${kubeconfig}`,
      ),
      "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
      ...["--kubelet-use-node-status-port", "--kubelet-insecure-tls"],
      "--metric-resolution=10s", // The shortest that it allows.
      "--kubelet-request-timeout=5s",
    ],
    { cwd: folder, stdio: ["ignore", log, log] },
  );
  closeSync(log);
  return child;
}
