import { FaultMaven } from "../../components/systems/faultmaven";
import type { Container } from "./manifests";
import type { Synthesis } from "./synth";
import { building, buildingOf } from "./system";

type Overrides = Readonly<Record<string, unknown>>;

/** FaultMaven of a stack's settings. */
export const faultmaven = building(
  (place, settings, opts) =>
    new FaultMaven("faultmaven", { place, settings: settings.faultmaven }, opts),
);

/** FaultMaven of an environment's defaults and some overrides. */
export const faultmavenOf = buildingOf("faultmaven", faultmaven);

export const image = "ghcr.io/faultmaven/faultmaven:1.0.0";

/** The first release on blue, and the one after it on green. */
export const blue = { name: "blue", image, release: 1 };
export const green = { name: "green", image: "ghcr.io/faultmaven/faultmaven:1.1.0", release: 2 };

/** A key of a Secret that somebody else made. */
export const theirs = { from: "existing", secretName: "theirs", key: "key" };

/** Each store on a server that somebody else runs. */
export const elsewhere = {
  postgres: { mode: "external", external: { host: "db.example.com", password: theirs } },
  redis: { mode: "external", external: { host: "redis.example.com", password: theirs } },
  chromadb: { mode: "external", external: { host: "chroma.example.com" } },
  objectStore: {
    mode: "external",
    external: {
      host: "s3.example.com",
      region: "eu-central-1",
      accessKey: theirs,
      secretKey: theirs,
    },
  },
} as const;

/** The addresses of those servers, and of every provider of a model. */
export const addresses: Overrides = {
  externalCidrs: {
    "api.anthropic.com": ["10.7.1.0/24"],
    "api.groq.com": ["10.7.2.0/24"],
    "api.openai.com": ["10.7.3.0/24"],
    "chroma.example.com": ["10.8.1.0/24"],
    "db.example.com": ["10.8.2.0/24"],
    "ollama.example.com": ["10.7.4.0/24"],
    "redis.example.com": ["10.8.3.0/24"],
    "s3.example.com": ["10.8.4.0/24"],
  },
};

/** The only container of a track. */
export function containerOf(synthesis: Synthesis<unknown>, track = "blue"): Container {
  const { template } = synthesis.object("Deployment", `faultmaven-${track}`).spec;
  return template.spec.containers[0] ?? {};
}

/** The title of a track's migration, `Job/faultmaven-blue-migration-…`. */
export function migrationOf(synthesis: Synthesis<unknown>, track = "blue"): string {
  const start = `faultmaven-${track}-migration-`;
  return `Job/${synthesis.names("Job").find((name) => name.startsWith(start)) ?? ""}`;
}

/** The keys of the Secret `faultmaven-secrets`. */
export function keysOf(synthesis: Synthesis<unknown>): string[] {
  return Object.keys(synthesis.object("Secret", "faultmaven-secrets").stringData).sort();
}
