import type { Operation, PlannedResource } from "../plan";
import { some } from "./classes";
import type { ClusterClient } from "./cluster";
import { attempt, failed, type Finding, passed, type PreflightContext } from "./model";
import { nameOf, type StackObject, templateOf } from "./objects";

/** Something that the identity has to be allowed. Without a namespace or a name: anywhere, and on all. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly namespace?: string;
  /** Of an object in no namespace: a role may be narrowed to it. */
  readonly name?: string;
}

/** The provider reads before and after it writes, watches what it waits for, and applies on the server. */
const verbsOf: Partial<Readonly<Record<Operation, readonly string[]>>> = {
  create: ["get", "list", "watch", "create", "patch"],
  update: ["get", "list", "watch", "patch"],
  replace: ["get", "list", "watch", "create", "patch", "delete"],
  delete: ["get", "list", "watch", "delete"],
  same: ["get"],
};

/** What the provider reads to know whether a workload has come up. */
const awaited: readonly Omit<Right, "verb" | "namespace">[] = [
  { group: "", resource: "pods" },
  { group: "", resource: "events" },
  { group: "apps", resource: "replicasets" },
];

/** Whether the identity may do all that the update needs, kind by kind. */
export async function rights(context: PreflightContext): Promise<readonly Finding[]> {
  const client = context.cluster();
  const subject = "Rights";
  if (await allows(client, { group: "*", resource: "*", verb: "*" })) {
    return [passed(subject, "the identity may do everything")];
  }
  return attempt(subject, async () => {
    const wanted = [
      ...(await ofObjects(client, context)),
      ...ofWaiting(context.objects),
      ...grantedBy(changing(context)),
    ];
    const unique = [...new Map(wanted.map((right) => [keyOf(right), right])).values()];
    const missing = await denied(client, unique);
    const fine = unique.length - missing.length;
    return [
      ...missingFindings(missing),
      ...(fine > 0 ? [passed(`${fine} rights`, "granted, for each kind, namespace and verb")] : []),
    ];
  });
}

interface Planned {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly operation: Operation;
}

async function ofObjects(
  client: ClusterClient,
  { objects, plan }: PreflightContext,
): Promise<readonly Right[]> {
  const all = planned(objects, plan);
  const found = await Promise.all(
    all.map(async ({ apiVersion, kind, name, namespace, operation }) => {
      const served = await client.kindOf(apiVersion, kind);
      // That it is not served, another check says.
      if (served === undefined) return [];
      const place = served.namespaced ? given({ namespace }) : given({ name });
      return (verbsOf[operation] ?? []).map((verb) => ({
        ...{ group: groupOf(apiVersion), resource: served.name, verb },
        ...place,
      }));
    }),
  );
  return found.flat();
}

/** By the plan; where there is none, as if each object were replaced. */
function planned(
  objects: readonly StackObject[],
  plan: PreflightContext["plan"],
): readonly Planned[] {
  try {
    return plan().resources.flatMap(ofResource);
  } catch {
    return objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
      ...{ apiVersion, kind, operation: "replace" as const },
      ...given({ name, namespace }),
    }));
  }
}

function ofResource({ operation, before, after }: PlannedResource): readonly Planned[] {
  const inputs = (after ?? before)?.inputs as
    | { apiVersion?: string; kind?: string; metadata?: { name?: string; namespace?: string } }
    | undefined;
  const { apiVersion, kind, metadata } = inputs ?? {};
  if (apiVersion === undefined || kind === undefined) return [];
  const { name, namespace } = metadata ?? {};
  return [{ apiVersion, kind, operation, ...given({ name, namespace }) }];
}

function ofWaiting(objects: readonly StackObject[]): readonly Right[] {
  const namespaces = objects
    .filter((object) => templateOf(object) !== undefined)
    .flatMap(({ metadata }) => metadata.namespace ?? []);
  return [...new Set(namespaces)].flatMap((namespace) =>
    awaited.flatMap((what) =>
      ["get", "list", "watch"].map((verb) => ({ ...what, verb, namespace })),
    ),
  );
}

/** The objects that the update touches; all of them where nobody knows. */
function changing({ objects, plan }: PreflightContext): readonly StackObject[] {
  try {
    const same = plan().resources.filter(({ operation }) => operation === "same");
    const names = new Set(
      same.map(({ after, before }) => {
        const inputs = (after ?? before)?.inputs as Partial<StackObject> | undefined;
        return inputs?.kind === undefined || inputs.metadata === undefined
          ? ""
          : nameOf({ kind: inputs.kind, metadata: inputs.metadata });
      }),
    );
    return objects.filter((object) => !names.has(nameOf(object)));
  } catch {
    return objects;
  }
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

/** Nobody may grant in a role what they may not do themselves. */
function grantedBy(objects: readonly StackObject[]): readonly Right[] {
  return objects
    .filter(({ kind }) => kind === "Role" || kind === "ClusterRole")
    .flatMap(({ metadata: { namespace }, rules }) =>
      ((rules ?? []) as readonly Rule[]).flatMap(({ apiGroups = [], resources = [], verbs }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.map((verb) => ({
              ...{ group, resource, verb },
              ...(namespace === undefined ? {} : { namespace }),
            })),
          ),
        ),
      ),
    );
}

/** Asks first for all namespaces and names at once: one question in place of one for each. */
async function denied(client: ClusterClient, wanted: readonly Right[]): Promise<readonly Right[]> {
  const everywhere = new Map<string, Promise<boolean>>();
  const answers = await Promise.all(
    wanted.map(async (right) => {
      const { group, resource, verb } = right;
      const key = keyOf({ group, resource, verb });
      const asked = everywhere.get(key) ?? allows(client, { group, resource, verb });
      everywhere.set(key, asked);
      if (await asked) return [];
      if (right.namespace === undefined && right.name === undefined) return [right];
      return (await allows(client, right)) ? [] : [right];
    }),
  );
  return answers.flat();
}

async function allows(client: ClusterClient, right: Right): Promise<boolean> {
  const [resource, subresource] = right.resource.split("/");
  const { status } = await client.review<{ status?: { allowed?: boolean } }>(
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: {
        resourceAttributes: {
          ...right,
          resource,
          ...(subresource === undefined ? {} : { subresource }),
        },
      },
    },
  );
  return status?.allowed === true;
}

/** One line for each kind and set of verbs, however many namespaces want it. */
function missingFindings(missing: readonly Right[]): readonly Finding[] {
  const byResource = new Map<string, Right[]>();
  for (const right of missing) {
    const name = right.group === "" ? right.resource : `${right.resource}.${right.group}`;
    byResource.set(name, [...(byResource.get(name) ?? []), right]);
  }
  return [...byResource].map(([name, those]) => {
    const verbs = [...new Set(those.map(({ verb }) => verb))].join(", ");
    const namespaces = [...new Set(those.flatMap(({ namespace }) => namespace ?? []))].sort();
    const where = namespaces.length === 0 ? "in the cluster" : `in ${some(namespaces, 4)}`;
    return failed(
      `Rights on ${name}`,
      `the identity may not ${verbs} ${where}`,
      "Bind it to platform-deployer of rbac/deployer.yaml; whoever makes a role must also hold what it grants.",
    );
  });
}

function keyOf({ group, resource, verb, namespace = "", name = "" }: Right): string {
  return [group, resource, verb, namespace, name].join(" ");
}

/** What is known of these. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as { [K in keyof T]?: NonNullable<T[K]> };
}

function groupOf(apiVersion: string): string {
  const [group = "", version] = apiVersion.split("/");
  return version === undefined ? "" : group;
}
