import { type KubernetesObject, type Pod } from "../kubernetes";
import {
  type BackupRequest,
  type ClaimOf,
  type CopyPlan,
  type DataPlan,
  type Found,
  usualCopyImage,
} from "./model";
import { labelsToReach, postgresOn, serverOf } from "./postgres";
import { claimTemplatesOf, type Template, templatesIn } from "./uses";

type Copying = Pick<CopyPlan, "user" | "groups" | "node" | "tolerations" | "inUse">;

/** How what is on each claim is saved, and why so. */
export function planData(found: Found, request: BackupRequest): readonly DataPlan[] {
  return found.claims.map((one) => planClaim(one, found, request));
}

function planClaim(it: ClaimOf, { around }: Found, request: BackupRequest): DataPlan {
  const { claim } = it;
  const { name } = claim.metadata;
  const common = { claim: name, namespace: request.namespace };
  const nothing = unfit(it);
  if (nothing !== undefined) return { ...common, method: "none", ...nothing };
  const templates = templatesOn(name, around);
  const working = templates.filter(({ pod }) => pod !== undefined && isActive(pod));
  const active = working.flatMap(({ pod }) => pod ?? []);
  const user = userAmong(working.length === 0 ? templates.slice(0, 1) : working, name);
  const capacity = claim.status?.capacity?.storage ?? claim.spec?.resources?.requests?.storage;
  const job = {
    ...common,
    capacity,
    imagePullSecrets: (user?.spec.imagePullSecrets ?? []).flatMap((one) => one.name ?? []),
  };
  const database = user === undefined ? undefined : postgresOn(name, user);
  if (database !== undefined && user?.pod?.status?.phase === "Running") {
    const server = serverOf(database, user, around);
    if (server === undefined) {
      const why = `${user.owner} runs PostgreSQL on it, but its pod has no address, and no Service leads to it alone: nobody can ask it, and files that a server works on are no copy`;
      return { ...common, method: "none", lost: true, why };
    }
    if (server.password.from !== "none" || trusts(user, database.name)) {
      const why = `${user.owner} runs PostgreSQL on it (${database.image ?? ""}): files that a server works on would be no copy`;
      const labels = labelsToReach(database, user, around);
      return { ...job, method: "postgres", why, image: database.image ?? "", server, labels };
    }
    const why = `${user.owner} runs PostgreSQL on it, and the password of its superuser is in no variable of its pod: nobody can ask it, and files that a server works on are no copy`;
    return { ...common, method: "none", lost: true, why };
  }
  if (isOnePodOnly(it) && active.length > 0) {
    const why = `only one pod may have it (ReadWriteOncePod), and ${user?.owner ?? "another"} does: stop that first`;
    return { ...common, method: "none", lost: true, why };
  }
  const copying = copyingOf(it, user, active);
  return {
    ...job,
    ...copying,
    method: "copy",
    image: request.copyImage ?? usualCopyImage,
    why: whyCopied(user, active, database !== undefined),
  };
}

/** Who says how a claim is used: a server of databases, which may run beside others, before them. */
function userAmong(templates: readonly Template[], claim: string): Template | undefined {
  const servers = templates.filter((one) => postgresOn(claim, one) !== undefined);
  return servers.find(({ pod }) => pod?.status?.phase === "Running") ?? servers[0] ?? templates[0];
}

/** Why there is nothing to be saved, or no way to. */
function unfit({ claim }: ClaimOf): { readonly lost: boolean; readonly why: string } | undefined {
  const phase = claim.status?.phase ?? "unknown";
  if (phase === "Pending") return { lost: false, why: "it has never had a volume" };
  if (phase !== "Bound") return { lost: true, why: `its volume is not there: it is ${phase}` };
  return claim.spec?.volumeMode === "Block"
    ? { lost: true, why: "it is a block device, of which there is no copy of files" }
    : undefined;
}

function whyCopied(user: Template | undefined, active: readonly Pod[], isStopped: boolean): string {
  if (user === undefined) return "nobody mounts it";
  if (isStopped) return `PostgreSQL of ${user.owner} does not run: its files are at rest`;
  return active.length === 0
    ? `no pod of ${user.owner} runs: its files are at rest`
    : `${user.owner} has files on it, and works on meanwhile`;
}

/** As whom, where and beside whom a copy is made. */
function copyingOf(
  { claim }: ClaimOf,
  user: Template | undefined,
  active: readonly Pod[],
): Copying {
  const modes = claim.spec?.accessModes ?? [];
  const isShared = modes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
  const security = user?.spec.securityContext;
  const mounting = user?.spec.containers.find((it) =>
    (it.volumeMounts ?? []).some(
      ({ name }) =>
        user.spec.volumes?.find((volume) => volume.name === name)?.persistentVolumeClaim
          ?.claimName === claim.metadata.name,
    ),
  );
  const owner = mounting?.securityContext?.runAsUser ?? security?.runAsUser;
  const groups = [security?.fsGroup, ...(security?.supplementalGroups ?? [])];
  return {
    // Root owns what root has written, whatever the rest of the pod says.
    user: owner === 0 ? undefined : owner,
    groups: groups.flatMap((one) => one ?? []),
    node: isShared ? undefined : active[0]?.spec?.nodeName,
    tolerations: user?.spec.tolerations ?? [],
    inUse: active.length > 0,
  };
}

function trusts({ spec }: Template, container: string): boolean {
  const env = spec.containers.find(({ name }) => name === container)?.env ?? [];
  return env.some(({ name, value }) => name === "POSTGRES_HOST_AUTH_METHOD" && value === "trust");
}

function isOnePodOnly({ claim }: ClaimOf): boolean {
  return (claim.spec?.accessModes ?? []).includes("ReadWriteOncePod");
}

/** Whether a pod still works, or will. One that is told to end works until it is gone. */
function isActive({ status }: Pod): boolean {
  return !["Succeeded", "Failed"].includes(status?.phase ?? "");
}

/** Pods first, then what makes pods: that says how a volume is used while there is no pod. */
function templatesOn(claim: string, around: readonly KubernetesObject[]): readonly Template[] {
  const mounting = templatesIn(around).filter(({ spec }) =>
    (spec.volumes ?? []).some((it) => it.persistentVolumeClaim?.claimName === claim),
  );
  const bySets = around.flatMap((set) => {
    const volume = claimTemplatesOf(set).find((name) =>
      new RegExp(`^${name}-${set.metadata.name}-\\d+$`).test(claim),
    );
    return volume === undefined ? [] : templatesIn([set]).map((it) => withClaim(it, volume, claim));
  });
  return [...mounting, ...bySets].sort(
    (a, b) => Number(b.pod !== undefined) - Number(a.pod !== undefined),
  );
}

/** As its pod would have it. */
function withClaim(template: Template, name: string, claimName: string): Template {
  const volumes = [
    ...(template.spec.volumes ?? []),
    { name, persistentVolumeClaim: { claimName } },
  ];
  return { ...template, spec: { ...template.spec, volumes } };
}
