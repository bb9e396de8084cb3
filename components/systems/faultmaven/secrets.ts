import type * as pulumi from "@pulumi/pulumi";

import type { FaultMavenSettings } from "../../../config/systems/faultmaven";
import type { Connection } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import { SecretBundle, type SecretEntry } from "../../kubernetes/secret-bundle";
import type { Retention, Scope } from "../../scope";
import { type Database, databaseUrl, tlsQuery } from "../../services/database";
import type { Postgres } from "../../services/postgres";
import { type Redis, type RedisDatabase, redisUrl } from "../../services/redis";
import { modelKey } from "./model";

export interface SecretsArgs {
  readonly scope: Scope;
  readonly settings: FaultMavenSettings;
  readonly postgres: Postgres;
  readonly redis: Redis;
  readonly retention: Retention;
}

/**
 * The Secret `faultmaven-secrets` with the keys of document 002, and what the application reads of it.
 * The stores' addresses have their passwords in them. Where a password is in somebody else's Secret,
 * Kubernetes puts the address together in the pod, and this Secret lacks its key.
 */
export class Secrets {
  readonly name: string | undefined;
  readonly #settings: FaultMavenSettings;
  readonly #entries: Readonly<Record<string, SecretEntry>>;
  readonly #bundle: SecretBundle<string>;

  constructor(name: string, args: SecretsArgs, opts: pulumi.ComponentResourceOptions) {
    const { scope, settings, retention } = args;
    this.#settings = settings;
    this.#entries = entriesOf(args);
    this.#bundle = new SecretBundle(
      name,
      { scope, name: "faultmaven-secrets", entries: this.#entries, retention },
      opts,
    );
    this.name = this.#bundle.secretName;
  }

  database(database: Database): Connection {
    const { databaseScheme } = this.#settings.app;
    const { endpoint, password, tlsMode } = database;
    const query = tlsQuery(tlsMode, tlsParameters[databaseScheme]);
    const env = this.address("database-url", "DATABASE_URL", {
      DATABASE_PASSWORD: password,
      DATABASE_URL: databaseUrl(database, databaseScheme, "DATABASE_PASSWORD", query),
    });
    return { to: endpoint, env };
  }

  redis(redis: RedisDatabase): Connection {
    const env = this.address("redis-url", "REDIS_URL", {
      REDIS_PASSWORD: redis.password,
      REDIS_URL: redisUrl(redis, "REDIS_PASSWORD"),
    });
    return { to: redis.endpoint, env };
  }

  /** The key that signs sessions, under each name by which a published version asks for it. */
  get signing(): Env {
    const key = this.#bundle.ref("jwt-secret");
    return { JWT_SECRET: key, SECRET_KEY: key, SECURITY_SECRET_KEY: key };
  }

  /** The key of the model's provider, if that has one. */
  get model(): Env {
    const key = modelKey(this.#settings.model);
    return key === undefined ? {} : { [key.variable]: this.#bundle.ref(key.key) };
  }

  private address(key: string, variable: string, otherwise: Env): Env {
    return key in this.#entries ? { [variable]: this.#bundle.ref(key) } : otherwise;
  }
}

/** What each driver calls its TLS mode in a URL. */
const tlsParameters = { "postgresql+asyncpg": "ssl", postgresql: "sslmode" } as const;

function entriesOf({ settings, postgres, redis }: SecretsArgs): Record<string, SecretEntry> {
  const { databaseScheme } = settings.app;
  const key = modelKey(settings.model);
  const database = postgres.url(databaseScheme, (tlsMode) =>
    tlsQuery(tlsMode, tlsParameters[databaseScheme]),
  );
  const cache = redis.url();
  return {
    ...(database === undefined ? {} : { "database-url": database }),
    ...(cache === undefined ? {} : { "redis-url": cache }),
    "jwt-secret": {
      choice: settings.secrets.jwtSecret,
      length: 64,
      rotating: "taking it up ends the session of every user of FaultMaven",
    },
    ...(key === undefined ? {} : { [key.key]: { choice: key.choice, length: 0 } }),
  };
}
