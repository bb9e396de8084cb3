import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { exceptionKey } from "../../policy/names";
import type { Job, Secret } from "../kubernetes";
import { managedBy, marks } from "./marks";
import type { CopyPlan, PostgresPlan, ValueSource } from "./model";
import type { Container, PodSpec } from "./uses";

export type Working = CopyPlan | PostgresPlan;
type Variable = NonNullable<Container["env"]>[number];

/** The container that makes the result, and the one that keeps it until it has been fetched. */
export const dumping = "dump";
export const holding = "hold";

/** Run in the container that holds the result: gives it, and lets it go. */
export const fetchCommand = ["/bin/sh", "-c", 'cat "$OUT/result"'];
export const fetchedCommand = ["/bin/sh", "-c", ': >"$OUT/fetched"'];

const out = "/out";
const source = "/volume";

/** An end that was missed, of a run that was killed, is cleaned up by the cluster. */
const keptSeconds = 3600;

/** Of PostgreSQL's superuser, where it stands in the clear in the server's pod. */
const passwordKey = "password";

/** Nobody at all: whoever only speaks to a server owns nothing. */
const nobody = 65_534;

/** One Job for one claim, whoever makes it: a second one at the same time is refused. */
export function jobName(claim: string): string {
  const name = `platform-backup-${claim}`;
  // The labels of its pods have its name.
  return name.length <= 63 ? name : `${name.slice(0, 54)}-${hash(claim)}`;
}

/**
 * A Job whose first container makes the result and says so in its log, and whose second one keeps it
 * until it has been fetched: nothing but what was read back is a backup.
 */
export function jobFor(
  plan: Working,
  { run, deadlineSeconds }: { readonly run: string; readonly deadlineSeconds: number },
): Job {
  const labels = labelsOf(plan.claim, run);
  const { namespace, claim } = plan;
  const reaching = plan.method === "postgres" ? plan.labels : {};
  const excepted = readsAsRoot(plan) ? { annotations: rootException } : {};
  return {
    ...{ apiVersion: "batch/v1", kind: "Job" },
    metadata: { name: jobName(claim), namespace, labels, ...excepted },
    spec: {
      // A second attempt would write beside the first one, and nobody would know whose result it is.
      backoffLimit: 0,
      activeDeadlineSeconds: deadlineSeconds,
      ttlSecondsAfterFinished: keptSeconds,
      template: { metadata: { labels: { ...reaching, ...labels } }, spec: podOf(plan) },
    },
  };
}

/** A Secret for a password that stands in the clear in a pod, so that it stands in no second one. */
export function passwordSecret(plan: Working, run: string): Secret | undefined {
  if (plan.method !== "postgres" || plan.server.password.from !== "literal") return undefined;
  const { claim, namespace, server } = plan;
  return {
    ...{ apiVersion: "v1", kind: "Secret" },
    metadata: { name: jobName(claim), namespace, labels: labelsOf(claim, run) },
    stringData: { [passwordKey]: server.password.from === "literal" ? server.password.value : "" },
  };
}

function labelsOf(claim: string, run: string): Readonly<Record<string, string>> {
  return {
    [marks.managedBy]: managedBy,
    [marks.claim]: claim.length <= 63 ? claim : hash(claim),
    [marks.run]: run,
  };
}

function podOf(plan: Working): PodSpec {
  // Packed and compressed files fit where they have been; a dump may be larger than what it is of.
  const isBounded = plan.method === "copy" && plan.capacity !== undefined;
  const size = isBounded ? { sizeLimit: plan.capacity } : {};
  const volumes = [{ name: "out", emptyDir: size }];
  const mounts = [{ name: "out", mountPath: out }];
  const data = {
    name: "data",
    persistentVolumeClaim: { claimName: plan.claim, readOnly: true },
  };
  const common = {
    image: plan.image,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
  const rights = readsAsRoot(plan) ? asRoot : {};
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    imagePullSecrets: plan.imagePullSecrets.map((name) => ({ name })),
    securityContext: identityOf(plan),
    ...(plan.method === "copy" ? placeOf(plan) : {}),
    initContainers: [
      {
        ...common,
        name: dumping,
        command: ["/bin/sh", "-c", script(plan.method)],
        env: variablesOf(plan),
        resources: {
          requests: { cpu: "100m", memory: "128Mi" },
          limits: { cpu: "1", memory: "512Mi" },
        },
        securityContext: { ...common.securityContext, ...rights },
        volumeMounts:
          plan.method === "copy"
            ? [...mounts, { name: "data", mountPath: source, readOnly: true }]
            : mounts,
      },
    ],
    containers: [
      {
        ...common,
        name: holding,
        command: ["/bin/sh", "-c", script("hold")],
        env: [{ name: "OUT", value: out }],
        resources: {
          requests: { cpu: "10m", memory: "16Mi" },
          limits: { cpu: "500m", memory: "64Mi" },
        },
        volumeMounts: mounts,
      },
    ],
    volumes: plan.method === "copy" ? [...volumes, data] : volumes,
  };
}

function readsAsRoot(plan: Working): boolean {
  return plan.method === "copy" && plan.user === undefined;
}

/** The one pod of ours outside the restricted standard; a namespace that enforces it refuses it. */
const rootException = {
  [exceptionKey("security-context-restricted")]:
    "no pod says who owns the files, and only root reads all of them",
};

/** Where nobody says who owns the files, only root reads all of them; it may do nothing else. */
const asRoot = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE"] },
};

function identityOf(plan: Working): NonNullable<PodSpec["securityContext"]> {
  const profile = { seccompProfile: { type: "RuntimeDefault" } };
  if (plan.method === "postgres") {
    return { ...profile, runAsNonRoot: true, runAsUser: nobody, runAsGroup: nobody };
  }
  // A group of its own (fsGroup) would have the files of the volume given to it.
  const groups = plan.groups.length === 0 ? {} : { supplementalGroups: [...plan.groups] };
  return plan.user === undefined
    ? { ...profile, ...groups, runAsUser: 0 }
    : { ...profile, ...groups, runAsNonRoot: true, runAsUser: plan.user };
}

/** On the node that has the volume, which no second node could mount. */
function placeOf({ node, tolerations }: CopyPlan): Pick<PodSpec, "affinity" | "tolerations"> {
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchFields: [{ key: "metadata.name", operator: "In", values: [node ?? ""] }] },
        ],
      },
    },
  };
  return {
    ...(node === undefined ? {} : { affinity }),
    ...(tolerations.length === 0 ? {} : { tolerations: tolerations }),
  };
}

function variablesOf(plan: Working): Variable[] {
  const own = [
    { name: "OUT", value: out },
    { name: "HOME", value: out },
    { name: "CLAIM", value: plan.claim },
  ];
  if (plan.method === "copy") return [...own, { name: "SOURCE", value: source }];
  const { host, port, user, password } = plan.server;
  const hidden: ValueSource =
    password.from === "literal"
      ? { from: "secret", name: jobName(plan.claim), key: passwordKey }
      : password;
  return [
    ...own,
    { name: "PGHOST", value: host },
    { name: "PGPORT", value: String(port) },
    ...variable("PGUSER", user),
    ...variable("PGPASSWORD", hidden),
  ];
}

function variable(name: string, source: ValueSource): readonly Variable[] {
  switch (source.from) {
    case "none":
      return [];
    case "literal":
      return [{ name, value: source.value }];
    case "secret":
      return [{ name, valueFrom: { secretKeyRef: { name: source.name, key: source.key } } }];
    case "configMap":
      return [{ name, valueFrom: { configMapKeyRef: { name: source.name, key: source.key } } }];
  }
}

function script(name: Working["method"] | "hold"): string {
  return readFileSync(join(__dirname, "scripts", `${name}.sh`), "utf8");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
