import { namespacedKinds, type UsedKind } from "./kinds";
import type { Reach } from "./reach";

/** A rule of a role, and why it is in it. */
export interface Rule {
  readonly why: string;
  readonly group: string;
  readonly resources: readonly string[];
  /** Only these objects. @default all of the kind */
  readonly names?: readonly string[];
  readonly verbs: readonly string[];
}

/** What a role may do in namespaces, and what beside them. */
export interface RoleRules {
  readonly namespaced: readonly Rule[];
  readonly cluster: readonly Rule[];
}

const watch = ["get", "list", "watch"];
/** An update by server-side apply is a patch, and the first one of an object needs `create` too. */
const own = [...watch, "create", "patch", "delete"];

/** What the engine looks at to see whether a workload, a Service or a claim is ready. */
const waitedFor: Readonly<Record<string, readonly string[]>> = {
  "": ["endpoints", "events", "pods"],
  apps: ["replicasets"],
};

/** The same for an engine that only reads, and waits for nothing. */
const lookedAt: Readonly<Record<string, readonly string[]>> = {
  "": ["endpoints", "persistentvolumeclaims", "pods", "services"],
  apps: ["replicasets"],
};

/**
 * What the program lets others do, that nothing above has: nobody may grant what he does not hold. In
 * place of it stands the right to grant anything (`escalate`), which would be all there is.
 */
const viewed: Readonly<Record<string, readonly string[]>> = {
  "": ["pods/log"],
  "acme.cert-manager.io": ["challenges", "orders"],
  "cert-manager.io": ["certificaterequests", "issuers"],
  "discovery.k8s.io": ["endpointslices"],
  "events.k8s.io": ["events"],
  "metrics.k8s.io": ["pods"],
};

/** Reads the objects of the stacks, so that a preview and `drift` can compare. */
export function previewer({ stacks, namespaces }: Reach): RoleRules {
  const readable = namespacedKinds.filter(({ kind }) => kind !== "Secret");
  return {
    namespaced: [
      ...byGroup(readable, ["get"], (kinds) => `Compares what is declared: ${kinds}.`),
      ...extra(lookedAt, ["list"], "Tells whether a workload, a Service or a claim is ready."),
    ],
    cluster: [
      {
        why: "Compares the namespaces of the stacks.",
        group: "",
        resources: ["namespaces"],
        names: namespaces,
        verbs: ["get"],
      },
      {
        why: "Compares the role of those who look at what runs.",
        group: "rbac.authorization.k8s.io",
        resources: ["clusterroles"],
        names: viewers(stacks),
        verbs: ["get"],
      },
    ],
  };
}

/** Makes, changes and removes the objects of the stacks. */
export function deployer({ stacks, namespaces }: Reach): RoleRules {
  return {
    namespaced: [
      ...byGroup(namespacedKinds, own, (kinds) => `Makes, waits for and removes: ${kinds}.`),
      ...extra(
        waitedFor,
        watch,
        "Waits until a workload is ready, and grants the same to viewers.",
      ),
      ...extra(viewed, watch, "Grants it to those who look at what runs, so it has to hold it."),
      {
        why: "Grants it to the jobs that make and remove snapshots, so it has to hold it.",
        group: "snapshot.storage.k8s.io",
        resources: ["volumesnapshots"],
        verbs: [...watch, "create", "delete"],
      },
    ],
    cluster: [
      {
        why: byName("Makes, changes and removes the namespaces of the stacks"),
        group: "",
        resources: ["namespaces"],
        names: namespaces,
        verbs: ["create", "patch", "delete"],
      },
      {
        why: "Waits for them, and `preflight` looks for those of others. A name cannot narrow this, and it only reads.",
        group: "",
        resources: ["namespaces"],
        verbs: watch,
      },
      {
        why: byName("Makes and removes the role of those who look at what runs"),
        group: "rbac.authorization.k8s.io",
        resources: ["clusterroles"],
        names: viewers(stacks),
        verbs: ["get", "create", "patch", "delete"],
      },
      {
        why: "Waits until that role is gone. A name cannot narrow this, and it only reads.",
        group: "rbac.authorization.k8s.io",
        resources: ["clusterroles"],
        verbs: ["list", "watch"],
      },
      ...extra(
        { "storage.k8s.io": ["storageclasses"] },
        ["get", "list"],
        "Sees whether a claim is bound before its first pod; `preflight` looks for the class.",
      ),
      ...extra(preflighted, ["list"], "`preflight` looks whether what the settings name is there."),
      ...extra(
        { "cert-manager.io": ["clusterissuers"] },
        ["get"],
        "`preflight` looks whether the issuer that the settings name is there and ready.",
      ),
    ],
  };
}

/** What is in no namespace and no object of ours, and has to be there all the same. */
const preflighted: Readonly<Record<string, readonly string[]>> = {
  "": ["nodes"],
  "networking.k8s.io": ["ingressclasses"],
  "scheduling.k8s.io": ["priorityclasses"],
  "snapshot.storage.k8s.io": ["volumesnapshotclasses"],
};

/**
 * An object that is made by server-side apply has its name in the request, so that a name narrows `create`
 * too. It does not where an object is posted, as `kubectl create` does: such a request is refused.
 */
function byName(what: string): string {
  return `${what}, and no other one: by server-side apply, whose \`create\` has a name.`;
}

/** As the program names them: a stack has one. */
function viewers(stacks: readonly string[]): string[] {
  return stacks.map((stack) => `platform-viewer-${stack}`);
}

function byGroup(
  kinds: readonly UsedKind[],
  verbs: readonly string[],
  why: (kinds: string) => string,
): Rule[] {
  return [...new Set(kinds.map(({ group }) => group))].map((group) => {
    const members = kinds.filter((one) => one.group === group);
    return {
      why: why(members.map(({ kind }) => kind).join(", ")),
      group,
      resources: members.map(({ resource }) => resource),
      verbs,
    };
  });
}

function extra(
  resources: Readonly<Record<string, readonly string[]>>,
  verbs: readonly string[],
  why: string,
): Rule[] {
  return Object.entries(resources).map(([group, names]) => ({
    ...{ why, group, resources: names, verbs },
  }));
}
