import type { Endpoint } from "../kubernetes/connection";
import { type SecretRef, template, type Template } from "../kubernetes/env";

/** A database as its clients see it, whoever runs the server. */
export interface Database {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly user: string;
  readonly password: SecretRef;
  /** How clients have to encrypt: not at all inside the namespace, at least `require` outside it. */
  readonly tlsMode: TlsMode;
}

export type TlsMode = "disable" | "require" | "verify-full";

/** A connection URL; Kubernetes puts in the password from the container's variable `passwordVariable`. */
export function databaseUrl(
  { endpoint, user, name }: Database,
  scheme: string,
  passwordVariable: string,
  query = "",
): Template {
  const { host, port: number } = endpoint;
  const [start, end] = aroundPassword(scheme, { user, host, port: number, name, query });
  return template(`${start}$(${passwordVariable})${end}`);
}

/** The query by which most clients know how to encrypt: `?sslmode=require`, or by their own word for it. */
export function tlsQuery(tlsMode: TlsMode, parameter = "sslmode"): string {
  return `?${parameter}=${tlsMode}`;
}

interface UrlParts {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly query: string;
}

/** What stands in a connection URL before its password, and after it. */
export function aroundPassword(
  scheme: string,
  { user, host, port: number, name, query }: UrlParts,
): readonly [string, string] {
  return [`${scheme}://${user}:`, `@${host}:${String(number)}/${name}${query}`];
}
