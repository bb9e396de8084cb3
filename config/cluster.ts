import { z } from "zod";

import { yesNo } from "./blocks";
import { labels } from "./labels";
import {
  cidr,
  configKey,
  count,
  cron,
  dnsLabel,
  hostName,
  httpUrl,
  image,
  objectName,
  port,
  userId,
} from "./scalars";

const accessMode = z.enum(["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"], {
  error: "one of ReadWriteOnce, ReadWriteOncePod, ReadWriteMany, ReadOnlyMany",
});

export type AccessMode = z.infer<typeof accessMode>;

/** What the cluster of a stack offers, and where its shared parts are. */
export const cluster = z.strictObject({
  context: z
    .string({ error: "the kubeconfig context that this stack must be applied to" })
    .min(1, { error: "the kubeconfig context that this stack must be applied to" }),
  identifier: z
    .string({ error: "a name that this cluster keeps for life" })
    .min(1, { error: "a name that this cluster keeps for life" })
    .optional()
    .describe(
      "names the cluster for the provider, so that a new address replaces nothing; the context by default",
    ),
  domain: hostName.describe("the cluster's DNS domain"),
  capabilities: z
    .strictObject({
      certManager: yesNo,
      keda: yesNo,
      prometheusOperator: yesNo,
      volumeSnapshots: yesNo,
    })
    .describe("which operators are installed; their objects appear only where they are"),
  ingressClasses: z
    .record(
      objectName,
      z.strictObject({
        controller: z.enum(["traefik", "nginx"], { error: "one of traefik, nginx" }),
        namespace: dnsLabel.describe("where the controller's pods run"),
      }),
    )
    .describe("the ingress classes that the cluster serves"),
  storageClasses: z
    .record(objectName, z.strictObject({ accessModes: z.array(accessMode).min(1) }))
    .describe("the storage classes that the cluster serves"),
  defaultStorageClass: objectName,
  namespaces: z
    .strictObject({ dns: dnsLabel, prometheus: dnsLabel, keda: dnsLabel })
    .describe("where the cluster's shared parts run, so that policies can name them"),
  monitorLabels: labels.describe("labels by which Prometheus finds monitors and rules"),
  runbookUrl: httpUrl
    .optional()
    .describe("where people read docs/RUNBOOKS.md; alerts link to its sections"),
  dashboardLabels: labels.describe(
    "labels by which Grafana's sidecar finds a dashboard; it has to look in all namespaces",
  ),
  datasourceLabels: labels.describe(
    "labels by which Grafana's sidecar finds a datasource; it has to look in all namespaces",
  ),
  viewerGroups: z
    .array(z.string({ error: "the name of a group" }).min(1, { error: "the name of a group" }))
    .describe("groups of people who may look at everything but secrets, in each namespace"),
  externalCidrs: z
    .record(hostName, z.array(cidr).min(1))
    .describe(
      "the addresses behind each external host, because a network policy cannot name a host",
    ),
  apiServer: z
    .strictObject({ cidrs: z.array(cidr).min(1), port: port.default(443) })
    .optional()
    .describe(
      "where pods reach the API server, as a network policy sees it: with most networks that is the server's own address and port behind the Service, such as 6443",
    ),
  snapshots: z
    .strictObject({
      image: image.describe("with kubectl of a version near the cluster's"),
      runAsUser: userId,
      pruningSchedule: cron,
    })
    .describe("the pods that make and prune snapshots of volumes"),
  readySeconds: count(5, 86_400).describe(
    "how long an update waits for a workload to be ready, before it fails and says what it waits for",
  ),
  imageRegistry: z
    .string({ error: "a registry, with a path if it has one, such as mirror.example.com/cache" })
    .regex(/^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9._-]+)*$/, {
      error: "a registry, with a path if it has one, such as mirror.example.com/cache",
    })
    .optional()
    .describe(
      "pulls every image through this registry: docker.io/x/y becomes REGISTRY/docker.io/x/y",
    ),
  registryCredentials: z
    .strictObject({ key: configKey })
    .optional()
    .describe("the encrypted setting that holds a .dockerconfigjson"),
});
export type ClusterSettings = z.infer<typeof cluster>;

/** What the cluster is known by for life, whatever its address. */
export function clusterName({
  identifier,
  context,
}: Pick<ClusterSettings, "identifier" | "context">): string {
  return identifier ?? context;
}

/** The namespace of a Service of this cluster, by its host name; undefined for any other host. */
export function namespaceOf(
  host: string,
  { domain }: Pick<ClusterSettings, "domain">,
): string | undefined {
  const found = /^(?:[^.]+\.)+([^.]+)\.svc(?:\.(.+))?$/.exec(host);
  const [, namespace, end = domain] = found ?? [];
  return end === domain ? namespace : undefined;
}
