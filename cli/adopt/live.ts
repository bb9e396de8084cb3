import type { Kubectl } from "../cluster";
import type {
  ClaimObject,
  CronJob,
  IngressObject,
  Job,
  KubernetesObject,
  Pod,
  VolumeObject,
  Workload,
} from "./objects";

/** What is in the namespace of a release, as far as an adoption has to know it. */
export interface Live {
  readonly workloads: readonly Workload[];
  readonly cronJobs: readonly CronJob[];
  readonly jobs: readonly Job[];
  readonly pods: readonly Pod[];
  readonly claims: readonly ClaimObject[];
  readonly volumes: readonly VolumeObject[];
  readonly ingresses: readonly IngressObject[];
  /** The keys of each Secret. Their values are never asked for. */
  readonly secretKeys: ReadonlyMap<string, readonly string[]>;
}

const kinds = [
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "cronjobs.batch",
  "jobs.batch",
  "pods",
  "persistentvolumeclaims",
  "ingresses.networking.k8s.io",
];

/** One line a Secret: its name and its keys. The values stay with the program that asks. */
const keysTemplate =
  "{{range .items}}{{.metadata.name}}{{range $key, $value := .data}} {{$key}}{{end}}\n{{end}}";

/** Reads all of it. */
export async function readLive(kubectl: Kubectl, namespace: string): Promise<Live> {
  const [namespaced, volumes, keys] = await Promise.all([
    kubectl(["get", kinds.join(), "--namespace", namespace, "--output", "json"]),
    kubectl(["get", "persistentvolumes", "--output", "json"]),
    kubectl(["get", "secrets", "--namespace", namespace, `--output=go-template=${keysTemplate}`]),
  ]);
  const objects = itemsOf(namespaced);
  const of = (...wanted: readonly string[]): unknown =>
    objects.filter(({ kind }) => wanted.includes(kind));
  return {
    workloads: of("Deployment", "StatefulSet", "DaemonSet") as readonly Workload[],
    cronJobs: of("CronJob") as readonly CronJob[],
    jobs: of("Job") as readonly Job[],
    pods: of("Pod") as readonly Pod[],
    claims: of("PersistentVolumeClaim") as readonly ClaimObject[],
    ingresses: of("Ingress") as readonly IngressObject[],
    volumes: itemsOf(volumes) as readonly VolumeObject[],
    secretKeys: new Map(
      keys
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
          const [name = "", ...rest] = line.split(" ");
          return [name, rest] as const;
        }),
    ),
  };
}

function itemsOf(answer: string): readonly KubernetesObject[] {
  return (JSON.parse(answer) as { items: readonly KubernetesObject[] }).items;
}
