import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { runChild } from "../../../cli/process";
import { ensureItems } from "../../../cli/toolchain";
import { podSecurity } from "../../../cli/toolchain/pod-security";

/** A Kubernetes object as far as the proof looks into it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

/** A pod by itself, as a controller would make it. */
export interface Pod extends KubernetesObject {
  readonly spec: PodSpec;
}

export interface Container {
  readonly securityContext?: Readonly<Record<string, unknown>>;
}

export interface PodSpec {
  readonly [field: string]: unknown;
  readonly containers: readonly Container[];
}

/** What the evaluator makes of one object. */
export interface Judgement {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Whether Kubernetes itself has this kind; in others it looks for no pods. */
  readonly known: boolean;
  readonly hasPods: boolean;
  readonly findings: readonly { readonly reason: string; readonly detail: string }[];
  /** Of a namespace: what its labels make the API server enforce. */
  readonly enforced?: string;
}

/** Asks the evaluator of Kubernetes for objects at level restricted, by one version of the standard. */
export async function judge(objects: readonly object[], version: string): Promise<Judgement[]> {
  const program = (await ensureItems([podSecurity])).get(podSecurity)?.get("pod-security");
  if (program === undefined) throw new Error("pod-security was not set up");
  const { code, stdout, stderr } = await runChild(
    program,
    ["-level=restricted", `-standards=${version}`],
    {
      cwd: process.cwd(),
      env: process.env,
      input: objects.map((object) => JSON.stringify(object)).join("\n---\n"),
    },
  );
  if (code !== 0) throw new Error(`pod-security did not judge: ${stderr}`);
  const judgements = JSON.parse(stdout) as Judgement[];
  if (judgements.length !== objects.length) throw new Error("not one judgement for each object");
  return judgements;
}

const golden = join(__dirname, "..", "..", "golden");

/** The objects of a stack, from the files that the golden test holds against what the engine renders. */
export function objectsOf(stack: string): KubernetesObject[] {
  const folder = join(golden, stack);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => parse(readFileSync(join(folder, file), "utf8")) as KubernetesObject);
}

interface Template {
  readonly metadata?: object;
  readonly spec: PodSpec;
}

/** The pod that an object's controller would make; nothing where it makes none. */
export function podOf({ kind, metadata, spec }: KubernetesObject): Pod | undefined {
  const own = spec as
    { template?: Template; jobTemplate?: { spec: { template: Template } } } | undefined;
  const template = own?.jobTemplate?.spec.template ?? own?.template;
  if (template === undefined) return undefined;
  const name = `${kind}-${metadata.name}`.toLowerCase();
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: {
      ...template.metadata,
      name: `${name.slice(0, 50)}-${digest}`,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    },
    // Of a Deployment's or a StatefulSet's pod that is what the API server fills in.
    spec: template.spec,
  };
}

/** A way in which a pod can break the standard, and the evaluator's words for it. */
export interface Breach {
  readonly what: string;
  readonly words: RegExp;
  readonly broken: (pod: Pod) => Pod;
}

function withSpec(change: (spec: PodSpec) => object): (pod: Pod) => Pod {
  return (pod) => ({ ...pod, spec: { ...pod.spec, ...change(pod.spec) } });
}

function withContext(change: object): (pod: Pod) => Pod {
  return withSpec(({ containers }) => ({
    containers: containers.map((container) => ({
      ...container,
      securityContext: { ...container.securityContext, ...change },
    })),
  }));
}

/** One for each control of the restricted standard that a pod of Linux can break by itself. */
export const breaches: readonly Breach[] = [
  {
    what: "privileges",
    words: /^privileged$/,
    broken: withContext({ privileged: true, allowPrivilegeEscalation: true }),
  },
  {
    what: "a way to more rights",
    words: /^allowPrivilegeEscalation/,
    broken: withContext({ allowPrivilegeEscalation: true }),
  },
  {
    what: "rights that nobody has dropped",
    words: /^unrestricted capabilities$/,
    broken: withContext({ capabilities: {} }),
  },
  { what: "the user root", words: /^runAsUser=0$/, broken: withContext({ runAsUser: 0 }) },
  {
    what: "nothing that keeps root out",
    words: /^runAsNonRoot/,
    broken: withContext({ runAsNonRoot: false }),
  },
  {
    what: "no filter of system calls",
    words: /^seccompProfile$/,
    broken: withContext({ seccompProfile: { type: "Unconfined" } }),
  },
  {
    what: "no filter of system calls said",
    words: /^seccompProfile$/,
    broken: withSpec(() => ({ securityContext: { runAsNonRoot: true, runAsUser: 1000 } })),
  },
  {
    what: "a folder of the node",
    words: /^hostPath volumes$|^restricted volume types$/,
    broken: withSpec(({ volumes }) => ({
      volumes: [
        ...((volumes as object[] | undefined) ?? []),
        { name: "node", hostPath: { path: "/" } },
      ],
    })),
  },
  {
    what: "the network of the node",
    words: /^host namespaces$/,
    broken: withSpec(() => ({ hostNetwork: true })),
  },
  {
    what: "a port of the node",
    words: /^hostPort$/,
    broken: withSpec(({ containers }) => ({
      containers: containers.map((container) => ({
        ...container,
        ports: [{ containerPort: 8080, hostPort: 8080 }],
      })),
    })),
  },
  {
    what: "a bare /proc",
    words: /^procMount$/,
    // Without users of its own the API server refuses such a pod for another reason.
    broken: (pod) =>
      withSpec(() => ({ hostUsers: false }))(withContext({ procMount: "Unmasked" })(pod)),
  },
  {
    what: "a profile of AppArmor switched off",
    words: /^forbidden AppArmor profile/,
    broken: withContext({ appArmorProfile: { type: "Unconfined" } }),
  },
  {
    what: "another user of SELinux",
    words: /^seLinuxOptions$/,
    broken: withContext({ seLinuxOptions: { user: "sysadm_u" } }),
  },
  {
    what: "a probe of another host",
    words: /^probe or lifecycle host$/,
    broken: withSpec(({ containers }) => ({
      containers: containers.map((container) => ({
        ...container,
        livenessProbe: { tcpSocket: { host: "192.0.2.1", port: 80 } },
      })),
    })),
  },
  {
    what: "a setting of the kernel",
    words: /^forbidden sysctls$/,
    broken: withSpec(({ securityContext }) => ({
      securityContext: {
        ...(securityContext as object),
        sysctls: [{ name: "kernel.msgmax", value: "1" }],
      },
    })),
  },
];
