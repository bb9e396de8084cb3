import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Resources } from "../../config/blocks";
import { pulledImage } from "../../config/image-name";
import { shortHash } from "../hash";
import { type Labels, objectLabels, runLabels } from "../labels";
import type { Scope } from "../scope";
import type { ApiAccess } from "./api-access";
import type { Claim } from "./claim";
import type { ConfigFiles } from "./config-files";
import type { Connection } from "./connection";
import { type Env, envVars, secretsOf } from "./env";
import { registryCredentials } from "./namespace";
import type { Probes } from "./probe";

/** A place in the container's file system; everything else is read-only. */
export type Mount =
  | { readonly kind: "claim"; readonly claim: Claim; readonly path: string }
  | { readonly kind: "files"; readonly files: ConfigFiles; readonly path: string }
  /** A Secret's keys as files that the container's group alone may read. */
  | { readonly kind: "secret"; readonly secretName: string; readonly path: string }
  | {
      readonly kind: "scratch";
      readonly name: string;
      readonly path: string;
      readonly sizeLimit: string;
      /** In memory it counts against the container's limit. @default the node's disk */
      readonly medium?: "Memory";
    };

/** What a container is, whichever controller runs it. */
export interface PodArgs {
  readonly scope: Scope;
  /** The name of the workload in its namespace, and of its objects. */
  readonly name: string;
  /** What it is for, in one sentence; readers of the cluster and of docs/SERVICES.md see it. */
  readonly description: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** A number, because Kubernetes cannot tell whether a user known by name only is root. */
  readonly runAsUser: number;
  readonly resources: Resources;
  readonly env?: Env;
  readonly connections?: readonly Connection[];
  readonly mounts?: readonly Mount[];
  /** Room for temporary files, beyond which the pod is evicted. @default 256Mi */
  readonly temporarySize?: string;
  /** What has to be in the pod's scratch folders before its container starts. */
  readonly preparation?: Preparation;
  /** What it may ask of the API server; without it the pod has no token at all. */
  readonly apiAccess?: ApiAccess;
}

/** A command of another image, which sees the pod's scratch folders and nothing else of it. */
export interface Preparation {
  readonly image: string;
  readonly command: readonly string[];
}

/** What a container of a server has on top. */
export interface ServerArgs {
  readonly ports: Readonly<Record<string, number>>;
  readonly probes: Probes;
  /** Seconds that a pod keeps serving after its endpoint is withdrawn, until every proxy knows. */
  readonly drainSeconds?: number;
}

/** The pod's template: one place where the restricted Pod Security Standard and its kin are met. */
export function podTemplate(
  args: PodArgs,
  server: ServerArgs | undefined,
  spec: Partial<k8s.types.input.core.v1.PodSpec>,
): { metadata: { labels: Labels; annotations: Labels }; spec: k8s.types.input.core.v1.PodSpec } {
  const { scope, name, runAsUser } = args;
  const mounts = mountsOf(args);
  return {
    metadata: {
      labels: server === undefined ? runLabels(scope, name) : objectLabels(scope, name, args.image),
      annotations: annotationsOf(args),
    },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: args.apiAccess !== undefined,
      enableServiceLinks: false,
      ...(scope.cluster.registryCredentials === undefined
        ? {}
        : { imagePullSecrets: [{ name: registryCredentials }] }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser,
        runAsGroup: runAsUser,
        fsGroup: runAsUser,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...initContainers(args),
      containers: [container(args, server)],
      volumes: mounts.map(volumeOf),
      ...spec,
    },
  };
}

/** Everything that has to exist before the pod can start and its connections answer. */
export function podDependencies(args: PodArgs): pulumi.Resource[] {
  const mounted = mountsOf(args).flatMap((mount) =>
    mount.kind === "claim" ? mount.claim.ready : mount.kind === "files" ? mount.files.ready : [],
  );
  const secrets = secretsOf(envOf(args)).flatMap((ref) => ref.ready);
  const endpoints = (args.connections ?? []).flatMap((connection) => connection.to.ready);
  return [...new Set([...args.scope.ready, ...mounted, ...secrets, ...endpoints])];
}

function initContainers(args: PodArgs): Partial<k8s.types.input.core.v1.PodSpec> {
  const { preparation, scope, name, description, runAsUser, resources, mounts = [] } = args;
  if (preparation === undefined) return {};
  const alike = { scope, description, runAsUser, resources };
  const scratch = mounts.filter(({ kind }) => kind === "scratch");
  const first = { ...alike, ...preparation, name: `${name}-preparation`, mounts: scratch };
  return { initContainers: [container(first, undefined)] };
}

function container(
  args: PodArgs,
  server: ServerArgs | undefined,
): k8s.types.input.core.v1.Container {
  const { scope, resources } = args;
  return {
    name: args.name,
    image: pulledImage(scope.cluster.imageRegistry, args.image),
    imagePullPolicy: "IfNotPresent",
    ...(args.command === undefined ? {} : { command: [...args.command] }),
    ...(args.args === undefined ? {} : { args: [...args.args] }),
    env: envVars(envOf(args)),
    resources: { requests: { ...resources.requests }, limits: { ...resources.limits } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: mountsOf(args).map((mount) => ({
      name: volumeName(mount),
      mountPath: mount.path,
      ...(mount.kind === "files" || mount.kind === "secret" ? { readOnly: true } : {}),
    })),
    ...(server === undefined ? {} : serving(server)),
  };
}

function serving(server: ServerArgs): Partial<k8s.types.input.core.v1.Container> {
  const { startup, readiness, liveness } = server.probes;
  return {
    ports: Object.entries(server.ports).map(([name, containerPort]) => ({
      name,
      containerPort,
      protocol: "TCP",
    })),
    startupProbe: startup,
    readinessProbe: readiness,
    livenessProbe: liveness,
    ...(server.drainSeconds === undefined
      ? {}
      : { lifecycle: { preStop: { sleep: { seconds: server.drainSeconds } } } }),
  };
}

function envOf(args: PodArgs): Env {
  return Object.assign(
    {},
    ...(args.connections ?? []).map((connection) => connection.env),
    args.env,
  ) as Env;
}

function mountsOf(args: PodArgs): readonly Mount[] {
  // Every container has a place for temporary files: its root file system is read-only.
  const sizeLimit = args.temporarySize ?? "256Mi";
  return [...(args.mounts ?? []), { kind: "scratch", name: "tmp", path: "/tmp", sizeLimit }];
}

function volumeName(mount: Mount): string {
  switch (mount.kind) {
    case "claim":
      return mount.claim.volumeName;
    case "files":
      return mount.files.configMapName;
    case "secret":
      return mount.secretName;
    case "scratch":
      return mount.name;
  }
}

function volumeOf(mount: Mount): k8s.types.input.core.v1.Volume {
  const name = volumeName(mount);
  switch (mount.kind) {
    case "claim":
      return { name, persistentVolumeClaim: { claimName: mount.claim.claimName } };
    case "files":
      return { name, configMap: { name: mount.files.configMapName } };
    case "secret":
      return { name, secret: { secretName: mount.secretName, defaultMode: 0o440 } };
    case "scratch":
      return {
        name,
        emptyDir: {
          sizeLimit: mount.sizeLimit,
          ...(mount.medium === undefined ? {} : { medium: mount.medium }),
        },
      };
  }
}

/**
 * What rolls the pods: a changed file, a secret's next generation, or another address around it.
 * Secrets show their public generation only; a hash of a value would be a secret itself.
 */
function annotationsOf(args: PodArgs): Labels {
  const rotations = secretsOf(envOf(args)).map((ref) => [
    `rotation.platform/${qualifiedName(`${ref.secretName}.${ref.key}`)}`,
    ref.around === undefined ? String(ref.rotation) : `${ref.rotation}-${shortHash(ref.around)}`,
  ]);
  const checksums = mountsOf(args).flatMap((mount) =>
    mount.kind === "files"
      ? [[`checksum.platform/${mount.files.configMapName}`, mount.files.checksum]]
      : [],
  );
  return Object.fromEntries([...rotations, ...checksums].sort()) as Labels;
}

/** Kubernetes takes 63 characters after the slash, the last one a letter or a digit; Secrets and keys have longer names. */
function qualifiedName(text: string): string {
  return /^[-._A-Za-z0-9]{0,62}[A-Za-z0-9]$/.test(text)
    ? text
    : `${text.slice(0, 52)}-${shortHash(text)}`;
}
