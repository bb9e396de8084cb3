import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { referredKeys } from "../../config/encrypted";
import { type Environment } from "../../config/environment";
import { merge } from "../../config/merge";
import { resolve } from "../../config/resolve";
import { type Settings, settingsSchema } from "../../config/settings";

type Said = Readonly<Record<string, unknown>>;

/** What a stack has to say of its place: nobody can guess a context, a host or a certificate. */
function facts(environment: Environment): Said {
  const tls = { from: "secret", secretName: "wildcard-tls" };
  const volume = { size: "50Gi", storageClass: "shared" };
  const ingress = (host: string): Said => (environment === "dev" ? {} : { ingress: { host, tls } });
  return {
    environment,
    cluster: {
      context: `test-${environment}`,
      storageClasses: { shared: { accessModes: ["ReadWriteMany"] } },
      externalCidrs: {
        "api.openai.com": ["192.0.2.0/24"],
        "philotes-db.example.com": ["198.51.100.0/28"],
        "philotes-s3.example.com": ["203.0.113.0/28"],
        "source-db.example.com": ["192.0.2.32/28"],
      },
    },
    thunderline: {
      web: ingress("thunderline.example.com"),
      livebook: ingress("livebook.example.com"),
    },
    faultmaven: {
      model: { provider: "openai", apiKey: { from: "setting", key: "openaiApiKey" } },
      ...ingress("faultmaven.example.com"),
      ...(environment === "dev" ? {} : { preview: { host: "preview.example.com", tls } }),
      ...(environment === "dev" ? {} : { files: { sharedClaim: { volume } } }),
    },
    telemetry: {
      mqtt: {
        credentials: {
          user: { from: "setting", key: "mqttUser" },
          password: { from: "setting", key: "mqttPassword" },
        },
      },
    },
    philotes: philotesFacts(environment, ingress("api.philotes.example.com")),
  };
}

/** Philotes reads a database elsewhere; in prod its own stores are elsewhere too. */
function philotesFacts(environment: Environment, ingress: Said): Said {
  const prod = environment === "prod";
  const setting = (key: string): Said => ({ from: "setting", key });
  const source = {
    host: "source-db.example.com",
    database: "shop",
    user: "philotes_reader",
    password: setting("philotesSourcePassword"),
    tlsMode: prod ? "require" : "disable",
  };
  const shard = (name: string, table: string): Said => ({
    name,
    slot: `philotes_${name}`,
    publication: `philotes_${name}`,
    bufferDatabase: `philotes_${name}`,
    tables: [`public.${table}`],
  });
  const shards = [shard("orders", "orders"), shard("customers", "customers")];
  const auth = environment === "dev" ? {} : { auth: { adminEmail: "admin@example.com" } };
  const database = {
    host: "philotes-db.example.com",
    password: setting("philotesDatabasePassword"),
  };
  const store = {
    host: "philotes-s3.example.com",
    accessKey: setting("philotesStorageAccessKey"),
    secretKey: setting("philotesStorageSecretKey"),
  };
  return {
    api: { ...ingress, ...auth },
    worker: { source, ...(prod ? { shards } : {}) },
    ...(prod ? { postgres: { external: database }, objectStore: { external: store } } : {}),
  };
}

/**
 * The settings of an environment with `overrides` on top, as a stack file would give them. The
 * encrypted settings are those named, and what the profiles refer to.
 */
export function settingsOf(
  environment: Environment,
  overrides: Said = {},
  encrypted: readonly string[] = [],
): Settings {
  const said = merge(settingsSchema, facts(environment), overrides) as Said;
  return resolve(environment, said, [...encrypted, ...referredKeys(facts(environment))]);
}

/** The settings of one of the team's own stacks. */
export function stackSettings(stack: Environment): Settings {
  const file = join(__dirname, "../..", `Pulumi.${stack}.yaml`);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Said };
  const said = Object.entries(config).map(([key, value]) => [key.replace(/^platform:/, ""), value]);
  const settings = Object.fromEntries(said) as Said;
  return resolve(stack, settings, referredKeys(settings));
}
