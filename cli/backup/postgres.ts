import type { CronJob, KubernetesObject, Pod, Secret, Service } from "../kubernetes";
import { marks } from "./marks";
import type { PostgresServer, ValueSource } from "./model";
import type { Container, PodSpec, Template } from "./uses";

/** Images by the last part of their names: `pgvector/pgvector`, `timescale/timescaledb-ha`. */
const families = /postgres|postgis|pgvector|timescale/;
const bitnami = /bitnami|rapidfort/;
const none: ValueSource = { from: "none" };

/** By the names of the official image, and by those of Bitnami's. */
const userNames = ["POSTGRES_USER"];
const passwordNames = ["POSTGRES_PASSWORD"];
/** Where Bitnami's has a user besides, the superuser's password goes by this. */
const rulerPasswordNames = ["POSTGRESQL_POSTGRES_PASSWORD", "POSTGRES_POSTGRES_PASSWORD"];

/** The container of PostgreSQL whose data are on a claim, if there is one. */
export function postgresOn(claim: string, { spec }: Template): Container | undefined {
  const volumes = (spec.volumes ?? [])
    .filter((it) => it.persistentVolumeClaim?.claimName === claim)
    .map(({ name }) => name);
  return spec.containers.find(
    (it) => isPostgres(it) && volumes.some((name) => name === volumeOfData(it)),
  );
}

/** The volume that a server's data are on: what else it mounts, backups or a log, no dump holds. */
function volumeOfData(container: Container): string | undefined {
  const mounts = (container.volumeMounts ?? []).map(({ name, mountPath }) => ({
    name,
    path: withSlash(mountPath),
  }));
  const folder = withSlash(dataFolder(container));
  const [nearest] = mounts
    .filter(({ path }) => folder.startsWith(path))
    .sort((a, b) => b.path.length - a.path.length);
  return nearest?.name;
}

function withSlash(path: string): string {
  return `${path.replace(/\/+$/, "")}/`;
}

/** Where a server has its data: as it is told, or as its image has it. */
function dataFolder({ image = "", env = [] }: Container): string {
  const told = env.find(({ name }) => name === "PGDATA")?.value;
  if (told !== undefined) return told;
  if (bitnami.test(image)) return "/bitnami/postgresql/data";
  if (image.includes("timescaledb-ha")) return "/home/postgres/pgdata/data";
  // From 18 on the official image has its number in the path: `18-alpine`, `0.8.1-pg18`.
  const tag = /:([^@/]+)/.exec(image)?.[1] ?? "";
  const major = /pg(\d+)/.exec(tag)?.[1] ?? /^\d+/.exec(tag)?.[0] ?? "";
  return Number(major) >= 18 ? `/var/lib/postgresql/${major}/docker` : "/var/lib/postgresql/data";
}

function isPostgres({ image = "", ports = [], env = [] }: Container): boolean {
  const name = (image.split("/").at(-1) ?? "").split(/[:@]/)[0] ?? "";
  const says =
    ports.some(({ containerPort }) => containerPort === 5432) ||
    env.some((it) => it.name === "PGDATA" || /^POSTGRES(QL)?_/.test(it.name));
  return families.test(name) && (says || name === "postgres");
}

/**
 * How a server is reached, and by which Secret: as its own pod says. Undefined where nothing leads to it
 * that leads to no other: of two servers with the same labels, a Service gives one or the other.
 */
export function serverOf(
  container: Container,
  { spec, pod }: Template,
  around: readonly KubernetesObject[],
): PostgresServer | undefined {
  const at = portOf(container);
  const place = placeOf(pod, at, around);
  if (place === undefined) return undefined;
  const value = (names: readonly string[]): ValueSource =>
    names.map((name) => valueOf(name, container, spec, around)).find((it) => it.from !== "none") ??
    none;
  const rulerPassword = value(rulerPasswordNames);
  const user = value(userNames);
  const isBitnami = bitnami.test(container.image ?? "");
  return {
    ...place,
    user:
      user.from === "none" || rulerPassword.from !== "none"
        ? { from: "literal", value: "postgres" }
        : user,
    password:
      rulerPassword.from === "none"
        ? value(isBitnami ? [...passwordNames, "POSTGRESQL_PASSWORD"] : passwordNames)
        : rulerPassword,
  };
}

function portOf({ ports = [] }: Container): number {
  const port = ports.find(({ name = "", containerPort }) => {
    return containerPort === 5432 || name.includes("postgres");
  });
  return port?.containerPort ?? 5432;
}

function placeOf(
  pod: Pod | undefined,
  at: number,
  around: readonly KubernetesObject[],
): Pick<PostgresServer, "host" | "port"> | undefined {
  const host = pod?.status?.podIP;
  if (host !== undefined && host !== "") return { host, port: at };
  const others = around.filter(
    ({ kind, metadata }) => kind === "Pod" && metadata.name !== pod?.metadata.name,
  );
  const service = servicesOf(pod, at, around).find(
    (it) => !others.some(({ metadata }) => selects(it, metadata.labels)),
  );
  if (service === undefined) return undefined;
  const port = service.spec?.ports?.find((it) => targets(it, at))?.port;
  return { host: service.metadata.name, port: port ?? at };
}

function servicesOf(
  pod: Pod | undefined,
  port: number,
  around: readonly KubernetesObject[],
): readonly Service[] {
  return around
    .filter(isService)
    .filter(
      (it) =>
        selects(it, pod?.metadata.labels) &&
        (it.spec?.ports ?? []).some((one) => targets(one, port)),
    );
}

/**
 * The labels of the pods of this program's own scheduled backup of a server, which its network policies
 * let through. No Service leads to such pods. Where there is none, whoever has policies has to let us in.
 */
export function labelsToReach(
  container: Container,
  { pod }: Template,
  around: readonly KubernetesObject[],
): Readonly<Record<string, string>> {
  const hosts = servicesOf(pod, portOf(container), around).map(({ metadata }) => metadata.name);
  for (const one of around) {
    if (one.kind !== "CronJob" || one.metadata.annotations?.[marks.store] === undefined) continue;
    const template = (one as CronJob).spec?.jobTemplate.spec?.template;
    const asks = (template?.spec?.containers ?? []).some(({ env = [] }) =>
      env.some(
        ({ name, value }) => name === "PGHOST" && hosts.includes(value?.split(".")[0] ?? ""),
      ),
    );
    if (asks) return template?.metadata?.labels ?? {};
  }
  return {};
}

/** A variable of a container: said itself, by a file, or by all keys of a Secret. */
function valueOf(
  name: string,
  container: Container,
  spec: PodSpec,
  around: readonly KubernetesObject[],
): ValueSource {
  const said = container.env?.find((it) => it.name === name);
  if (said?.value !== undefined) return { from: "literal", value: said.value };
  const secret = said?.valueFrom?.secretKeyRef;
  if (secret?.name !== undefined) return { from: "secret", name: secret.name, key: secret.key };
  const map = said?.valueFrom?.configMapKeyRef;
  if (map?.name !== undefined) return { from: "configMap", name: map.name, key: map.key };
  const file = container.env?.find((it) => it.name === `${name}_FILE`)?.value;
  if (file !== undefined) return inFile(file, container, spec);
  return inSecrets(name, container, around);
}

function inSecrets(
  name: string,
  container: Container,
  around: readonly KubernetesObject[],
): ValueSource {
  for (const { secretRef, configMapRef, prefix = "" } of container.envFrom ?? []) {
    if (!name.startsWith(prefix)) continue;
    const key = name.slice(prefix.length);
    const [kind, reference] =
      secretRef === undefined ? ["ConfigMap", configMapRef] : ["Secret", secretRef];
    const object = around.find((it) => it.kind === kind && it.metadata.name === reference?.name) as
      Secret | undefined;
    if (object?.data?.[key] === undefined) continue;
    const from = kind === "Secret" ? "secret" : "configMap";
    return { from, name: object.metadata.name, key };
  }
  return none;
}

/** `/run/secrets/db/password`, as a volume of a Secret. */
function inFile(file: string, container: Container, spec: PodSpec): ValueSource {
  for (const { mountPath, name, subPath } of container.volumeMounts ?? []) {
    if (file !== mountPath && !file.startsWith(`${mountPath}/`)) continue;
    const secret = spec.volumes?.find((it) => it.name === name)?.secret;
    if (secret?.secretName === undefined) continue;
    const path = subPath ?? file.slice(mountPath.length + 1);
    const key = secret.items?.find((it) => it.path === path)?.key ?? path;
    return { from: "secret", name: secret.secretName, key };
  }
  return none;
}

function selects({ spec }: Service, labels: Readonly<Record<string, string>> | undefined): boolean {
  const wanted = Object.entries(spec?.selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

function targets(
  it: NonNullable<NonNullable<Service["spec"]>["ports"]>[number],
  port: number,
): boolean {
  const target = it.targetPort ?? it.port;
  // By a name, it may be any port: that of a server of databases, most likely.
  return target === port || (typeof target === "string" && /postgres|pg|sql|db/.test(target));
}

function isService(one: KubernetesObject): one is Service {
  return one.kind === "Service" && one.apiVersion === "v1";
}
