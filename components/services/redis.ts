import * as pulumi from "@pulumi/pulumi";

import { parseBytes } from "../../config/quantity";
import type { RedisSettings } from "../../config/stores";
import { ConfigFiles } from "../kubernetes/config-files";
import { type Endpoint, externalEndpoint } from "../kubernetes/connection";
import {
  type SecretRef,
  type SecretText,
  surrounded,
  template,
  type Template,
} from "../kubernetes/env";
import { execProbe, sameProbe } from "../kubernetes/probe";
import { Workload } from "../kubernetes/workload";
import { roleIn, serviceHost } from "../scope";
import type { BackupSource } from "./backup/source";
import { type Kept, Store, type StoreArgs } from "./store";

/** A Redis database as its clients see it, whoever runs the server. */
export interface RedisDatabase {
  readonly endpoint: Endpoint;
  /** `rediss` where the connection is encrypted. */
  readonly scheme: "redis" | "rediss";
  readonly number: number;
  readonly password: SecretRef;
}

export interface RedisArgs extends StoreArgs {
  readonly settings: RedisSettings;
}

type External = NonNullable<RedisSettings["external"]>;

const port = 6379;

/** The whole append-only file is read before the first answer. */
const replaySeconds = 600;

/**
 * Redis with an append-only file and a password, on a server of this program or on an external one.
 * @stateful
 */
export class Redis extends Store {
  /** Undefined while off. */
  readonly database: RedisDatabase | undefined;
  readonly #args: RedisArgs;
  readonly #password: SecretText | undefined;

  constructor(name: string, args: RedisArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("services:Redis", name, opts);
    this.#args = { ...args, scope: roleIn(args.scope, "cache") };
    const { enabled, settings } = args;
    const bundled = settings.mode === "bundled";
    const kept = this.keep(this.#args, settings, enabled && bundled, {
      password: { choice: settings.password, length: 32 },
    });
    const external = settings.mode === "external" ? settings.external : undefined;
    const theirs =
      external && this.given(this.#args, { password: { choice: external.password, length: 32 } });
    this.#password = (bundled ? kept?.credentials : theirs)?.text("password");
    if (enabled && bundled && kept !== undefined) {
      this.database = this.bundled(kept);
    } else if (enabled && external !== undefined && theirs !== undefined) {
      this.database = this.elsewhere(external, theirs.ref("password"));
    }
    this.backUp(this.#args, settings.backup, bundled ? this.backupSource(kept) : undefined);
    this.registerOutputs();
  }

  /**
   * The address with its password. It is there while the database is off too, so that a Secret with it
   * stays as it is; undefined where nobody but the cluster knows the password.
   */
  url(): SecretText | undefined {
    const { scope, name, settings } = this.#args;
    const password = this.#password;
    if (password === undefined) return undefined;
    const address =
      settings.mode === "external" && settings.external !== undefined
        ? settings.external
        : { host: serviceHost(scope, name), port, database: 0, tls: false };
    const [start, end] = aroundPassword(schemeOf(address.tls), address);
    return surrounded(password, start, end);
  }

  private bundled(kept: Kept<"password">): RedisDatabase {
    return {
      endpoint: this.server(kept).endpoint("redis"),
      scheme: schemeOf(false),
      number: 0,
      password: kept.credentials.ref("password"),
    };
  }

  private backupSource(kept: Kept<"password"> | undefined): BackupSource | undefined {
    if (kept === undefined || this.database === undefined) return undefined;
    const { endpoint, password } = this.database;
    const { image, runAsUser } = this.#args.settings;
    const env = {
      REDIS_HOST: endpoint.host,
      REDIS_PORT: String(endpoint.port),
      REDISCLI_AUTH: password,
    };
    const connections = [{ to: endpoint, env }];
    return { kind: "redis", image, runAsUser, volume: kept.claim, connections };
  }

  private elsewhere(external: External, password: SecretRef): RedisDatabase {
    const { scope, name } = this.#args;
    return {
      endpoint: externalEndpoint(scope, name, external.host, external.port),
      scheme: schemeOf(external.tls),
      number: external.database,
      password,
    };
  }

  private server({ claim, credentials }: Kept<"password">): Workload {
    const { scope, name, settings } = this.#args;
    const earlier = credentials.unreleased("password").map((ref) => {
      return [`EARLIER_PASSWORD_${String(ref.rotation)}`, ref] as const;
    });
    const files = new ConfigFiles(
      this.child("config"),
      {
        scope,
        name: `${name}-config`,
        files: {
          "redis.conf": configuration(settings.resources.limits.memory),
          "start.sh": start(earlier.map(([variable]) => variable)),
        },
      },
      { parent: this },
    );
    const password = credentials.ref("password");
    return new Workload(
      this.child(),
      {
        scope,
        name,
        description: "Redis with an append-only file",
        kind: "StatefulSet",
        image: settings.image,
        command: ["/bin/sh", "/config/start.sh"],
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        // The second one is for the client that the probes run.
        env: {
          REDIS_PASSWORD: password,
          REDISCLI_AUTH: password,
          ...Object.fromEntries(earlier),
        },
        ports: { redis: port },
        serves: ["redis"],
        // Without -e the client ends well even when the server still loads its data.
        probes: sameProbe(
          (timing) => execProbe(["redis-cli", "-h", "127.0.0.1", "-e", "ping"], timing),
          replaySeconds,
        ),
        mounts: [
          { kind: "claim", claim, path: "/data" },
          { kind: "files", files, path: "/config" },
        ],
      },
      { parent: this },
    );
  }
}

/** The address of a database; Kubernetes puts in the password from the container's variable `passwordVariable`. */
export function redisUrl(database: RedisDatabase, passwordVariable: string): Template {
  const { endpoint, scheme, number } = database;
  const [start, end] = aroundPassword(scheme, { ...endpoint, database: number });
  return template(`${start}$(${passwordVariable})${end}`);
}

/** What stands in an address before its password, and after it. */
function aroundPassword(
  scheme: string,
  { host, port: number, database }: Pick<External, "host" | "port" | "database">,
): readonly [string, string] {
  return [`${scheme}://:`, `@${host}:${String(number)}/${String(database)}`];
}

function schemeOf(tls: boolean): "redis" | "rediss" {
  return tls ? "rediss" : "redis";
}

/**
 * Sessions must not be evicted to make room, so a full server refuses writes. What it may hold is 70 %
 * of its memory: a copy of what changes while the file is rewritten needs the rest.
 */
function configuration(memoryLimit: string): string {
  const most = Math.floor((parseBytes(memoryLimit) ?? 0) * 0.7);
  return `dir /data
appendonly yes
appendfsync everysec
maxmemory ${String(most)}
maxmemory-policy noeviction
`;
}

/**
 * Passwords come over standard input: arguments can be read by whoever sees the process. Clients come
 * with one of the earlier passwords until their turn to take up the current one.
 */
function start(earlier: readonly string[]): string {
  const all = ["REDIS_PASSWORD", ...earlier].map((variable) => `">$${variable}"`);
  const passwords =
    earlier.length === 0
      ? 'requirepass "$REDIS_PASSWORD"'
      : `user default on ~* &* +@all ${all.join(" ")}`;
  return `set -eu
exec redis-server - <<END
include /config/redis.conf
${passwords}
END
`;
}
