import type { ClusterSettings } from "../../config/cluster";
import type { LiveObject } from "./cluster";
import {
  attempt,
  failed,
  type Finding,
  passed,
  type PreflightContext,
  unchecked,
  warning,
} from "./model";
import { nameOf, ofKind, type StackObject, templateOf } from "./objects";

interface StorageClass extends LiveObject {
  readonly provisioner: string;
}

interface IngressClass extends LiveObject {
  readonly spec?: { readonly controller?: string };
}

/** What the controllers write into their class, as their own manuals say it. */
const controllers = {
  traefik: "traefik.io/ingress-controller",
  nginx: "k8s.io/ingress-nginx",
} as const;

/**
 * Drivers whose volumes with a file system are of one node alone, by their own documents. A class
 * does not say which access modes it offers, so of all others nothing is known.
 */
const ofOneNode = [
  "ebs.csi.aws.com",
  "pd.csi.storage.gke.io",
  "disk.csi.azure.com",
  "csi.hetzner.cloud",
  "dobs.csi.digitalocean.com",
];

/** The classes that objects name, and those that the settings offer. */
export async function classes(context: PreflightContext): Promise<readonly Finding[]> {
  const found = await Promise.all([
    attempt("StorageClasses", () => storageClasses(context)),
    attempt("IngressClasses", () => ingressClasses(context)),
    attempt("PriorityClasses", () => priorityClasses(context)),
  ]);
  return found.flat();
}

async function storageClasses({
  cluster,
  settings,
  objects,
}: PreflightContext): Promise<readonly Finding[]> {
  const live = await cluster().list<StorageClass>("/apis/storage.k8s.io/v1/storageclasses");
  const claims = ofKind(objects, "PersistentVolumeClaim");
  const used = claims.map((claim) => ({
    name: (claim.spec?.storageClassName as string | undefined) ?? "",
    claim,
  }));
  const { storageClasses: offered, defaultStorageClass } = settings.cluster;
  const names = new Set([...Object.keys(offered), ...used.map(({ name }) => name)]);
  names.delete("");
  const there = live.map(({ metadata }) => metadata.name).join(", ") || "none";
  return [...names].flatMap((name) => {
    const own = used.filter((it) => it.name === name).map(({ claim }) => claim);
    const claimants = own.map(nameOf);
    const subject = `StorageClass ${name}`;
    const found = live.find(({ metadata }) => metadata.name === name);
    const role = name === defaultStorageClass ? ", the stack's default" : "";
    if (found !== undefined) {
      const there = passed(subject, `there, of ${found.provisioner}${role}`);
      return [there, ...modeFindings(subject, found, modesOf(own, offered[name]))];
    }
    const mend = "Make it, or name another one under platform:cluster.storageClasses.";
    return claimants.length > 0
      ? [failed(subject, `not on the cluster, which has: ${there}; for ${some(claimants)}`, mend)]
      : [warning(subject, `in the settings, not on the cluster, which has: ${there}`, mend)];
  });
}

/** What a class is relied on for: the access modes that the settings say of it, and that claims have. */
function modesOf(
  claims: readonly StackObject[],
  offered: ClusterSettings["storageClasses"][string] | undefined,
): readonly string[] {
  const claimed = claims.flatMap(({ spec }) => (spec?.accessModes ?? []) as readonly string[]);
  return [...new Set([...(offered?.accessModes ?? []), ...claimed])].sort();
}

/** Every class has volumes for one node; of those for many nobody can tell before one is made. */
function modeFindings(
  subject: string,
  { metadata: { name }, provisioner }: StorageClass,
  modes: readonly string[],
): readonly Finding[] {
  const shared = modes.filter((mode) => mode.endsWith("Many"));
  if (shared.length === 0) return [];
  if (shared.includes("ReadWriteMany") && ofOneNode.includes(provisioner)) {
    return [
      warning(
        subject,
        `said to offer ReadWriteMany, and volumes of ${provisioner} with a file system are of one node`,
        `Correct platform:cluster.storageClasses.${name}.accessModes, or name a shared class.`,
      ),
    ];
  }
  const evidence = `said to offer ${shared.join(" and ")}; a class does not show its access modes`;
  return [unchecked(subject, evidence)];
}

async function ingressClasses({
  cluster,
  settings,
  objects,
}: PreflightContext): Promise<readonly Finding[]> {
  const ingresses = ofKind(objects, "Ingress");
  if (ingresses.length === 0) return [passed("IngressClasses", "no ingress in this stack")];
  const client = cluster();
  const live = await client.list<IngressClass>("/apis/networking.k8s.io/v1/ingressclasses");
  const byClass = groupBy(ingresses, (it) => it.spec?.ingressClassName as string);
  const findings = [...byClass].map(async ([name, users]): Promise<Finding> => {
    const subject = `IngressClass ${name}`;
    const found = live.find(({ metadata }) => metadata.name === name);
    const there = live.map(({ metadata }) => metadata.name).join(", ") || "none";
    if (found === undefined) {
      return failed(
        subject,
        `not on the cluster, which has: ${there}; for ${some(users.map(nameOf))}`,
        "Install its controller, or name another class.",
      );
    }
    const said = settings.cluster.ingressClasses[name];
    const controller = found.spec?.controller ?? "nobody";
    if (said === undefined) return passed(subject, `there, of ${controller}`);
    if (controller !== controllers[said.controller]) {
      return warning(
        subject,
        `of ${controller}; expected ${controllers[said.controller]}, by whose annotations the ingresses are written`,
        `Correct platform:cluster.ingressClasses.${name}.controller.`,
      );
    }
    if ((await client.get(`/api/v1/namespaces/${said.namespace}`)) !== undefined) {
      return passed(subject, `there, of ${controller} in namespace ${said.namespace}`);
    }
    return warning(
      subject,
      `its controller is said to run in namespace ${said.namespace}, which is not there: policies would let nobody in`,
      `Correct platform:cluster.ingressClasses.${name}.namespace.`,
    );
  });
  return Promise.all(findings);
}

async function priorityClasses({
  cluster,
  objects,
}: PreflightContext): Promise<readonly Finding[]> {
  const users = objects.filter((it) => templateOf(it)?.spec.priorityClassName !== undefined);
  if (users.length === 0) return [passed("PriorityClasses", "named by no pod of this stack")];
  const live = await cluster().list("/apis/scheduling.k8s.io/v1/priorityclasses");
  const known = new Set(live.map(({ metadata }) => metadata.name));
  return [...groupBy(users, (it) => templateOf(it)?.spec.priorityClassName ?? "")].map(
    ([name, those]) =>
      known.has(name)
        ? passed(`PriorityClass ${name}`, "there")
        : failed(
            `PriorityClass ${name}`,
            `not on the cluster; for ${some(those.map(nameOf))}`,
            "Make it.",
          ),
  );
}

function groupBy(
  objects: readonly StackObject[],
  key: (object: StackObject) => string,
): ReadonlyMap<string, readonly StackObject[]> {
  const groups = new Map<string, StackObject[]>();
  for (const object of objects) {
    groups.set(key(object), [...(groups.get(key(object)) ?? []), object]);
  }
  return groups;
}

/** The first few of many. */
export function some(names: readonly string[], shown = 3): string {
  const rest = names.length - shown;
  return `${names.slice(0, shown).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
