import { kinds, type Pod, type Secret, type Service } from "../../kubernetes";
import { Unchecked } from "../../preflight/model";
import { type Database, query } from "../../telemetry/compare/psql";
import type { ValidationContext } from "../model";
import { isReady, isSelected } from "../objects";
import { atPort, reachablePods } from "./reach";

/** How a pod connects to its database. Held in memory alone, and never shown. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** As libpq calls it. */
  readonly sslmode: string;
}

/** A variable of a container. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name?: string; readonly key?: string };
  };
}

/** A container's variables as its pod has them, with what they take from Secrets. */
export function environmentOf(
  variables: readonly Variable[],
  namespace: string,
  secrets: readonly Secret[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, value, valueFrom } of variables) {
    const said = value ?? secretValue(valueFrom?.secretKeyRef, namespace, secrets);
    if (said === undefined) continue;
    found.set(
      name,
      said.replace(/\$\((\w+)\)/g, (text, other: string) => found.get(other) ?? text),
    );
  }
  return found;
}

function secretValue(
  reference: { readonly name?: string; readonly key?: string } | undefined,
  namespace: string,
  secrets: readonly Secret[],
): string | undefined {
  if (reference?.key === undefined) return undefined;
  const secret = secrets.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === reference.name,
  );
  const text = secret?.data?.[reference.key];
  return text === undefined ? undefined : Buffer.from(text, "base64").toString("utf8");
}

/** The login in the variables of PostgreSQL's own clients. */
export function loginOfClient(environment: ReadonlyMap<string, string>): Login {
  const host = required(environment, "PGHOST");
  return {
    host,
    port: Number(environment.get("PGPORT") ?? "5432"),
    database: required(environment, "PGDATABASE"),
    user: required(environment, "PGUSER"),
    password: required(environment, "PGPASSWORD"),
    sslmode: environment.get("PGSSLMODE") ?? "prefer",
  };
}

/** The login in an address, whichever library it is for: `ecto://`, `postgresql+asyncpg://`. */
export function loginOfUrl(environment: ReadonlyMap<string, string>, name: string): Login {
  const [, rest = ""] = /^[a-z+]+(:\/\/.*)$/s.exec(required(environment, name)) ?? [];
  let url: URL;
  try {
    url = new URL(`postgresql${rest}`);
  } catch {
    // Its text has the password in it.
    throw new Unchecked(`${name} is no address of a database`);
  }
  const { searchParams } = url;
  return {
    host: url.hostname,
    port: Number(url.port || "5432"),
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    sslmode: sslmodeOf(searchParams.get("sslmode") ?? searchParams.get("ssl")),
  };
}

/** Ecto and asyncpg have words of their own for it. */
function sslmodeOf(said: string | null): string {
  if (said === null) return "prefer";
  return said === "true" ? "require" : said === "false" ? "disable" : said;
}

function required(environment: ReadonlyMap<string, string>, name: string): string {
  const value = environment.get(name);
  if (value === undefined || value === "") throw new Unchecked(`${name} is not known`);
  return value;
}

/** Asks a database something, in a session that cannot write. */
export type AskDatabase = <T>(sql: string) => Promise<readonly T[]>;

/** Asks at a local port that leads to the database. */
export function askAt(
  { database, user, password, sslmode }: Login,
  port: number,
  title: string,
  timeoutMs: number,
): AskDatabase {
  // The name on the server's certificate is not that of this machine: what is checked of it is less here.
  const mode = sslmode === "verify-full" || sslmode === "verify-ca" ? "require" : sslmode;
  const place = `${encodeURIComponent(user)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const address: Database = { title, url: `postgresql://${place}?sslmode=${mode}`, password };
  return <T>(sql: string) => query<T>(address, sql, Math.max(1, Math.round(timeoutMs / 1000)));
}

/**
 * Does something with a database behind a Service of the stack.
 *
 * @throws Unchecked where it is somebody else's, or no pod of it is ready
 */
export async function withDatabase<T>(
  context: ValidationContext,
  login: Login,
  work: (ask: AskDatabase) => Promise<T>,
): Promise<T> {
  const [, name = "", namespace = ""] = /^([^.]+)\.([^.]+)\.svc(\.|$)/.exec(login.host) ?? [];
  const services = await context.live.list(kinds.services);
  const service = services.find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
  if (service?.spec?.selector === undefined) {
    throw new Unchecked(
      `the database at ${login.host} is somebody else's: no port of ours leads there`,
    );
  }
  const servers = await context.live.list(kinds.statefulSets);
  const server = servers.find(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      isSelected(spec?.template.metadata?.labels, service.spec?.selector),
  );
  if (server === undefined) throw new Unchecked(`nothing runs behind Service ${namespace}/${name}`);
  const [pod] = (await reachablePods(context, server)).filter(isReady);
  if (pod === undefined) throw new Unchecked(`no pod behind Service ${namespace}/${name} is ready`);
  return atPort(context, pod, targetPort(service, pod, login.port), ({ port, timeoutMs }) =>
    work(askAt(login, port, `database ${login.database} of ${namespace}/${name}`, timeoutMs)),
  );
}

function targetPort({ spec }: Service, pod: Pod, port: number): number {
  const target = spec?.ports?.find((it) => it.port === port)?.targetPort as unknown;
  if (typeof target === "number") return target;
  const ports = pod.spec?.containers.flatMap((it) => it.ports ?? []) ?? [];
  return ports.find(({ name }) => name === target)?.containerPort ?? port;
}
