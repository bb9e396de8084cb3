import { z } from "zod";

import { filesBackup } from "../backup";
import {
  dataPolicy,
  givenSecret,
  ingress,
  oneShot,
  resources,
  scaling,
  secret,
  service,
  sharedVolume,
  system,
  volume,
} from "../blocks";
import { count, dnsLabel, httpUrl, image, objectName, port, userId } from "../scalars";
import { chromadb, objectStore, postgres, redis } from "../stores";

/** What tracks may be called. */
export const trackNames = ["blue", "green"] as const;
const trackName = z.enum(trackNames, { error: "one of blue, green" });

/** A release that is up, on a track of its own. */
const track = z.strictObject({
  name: trackName,
  image,
  release: count(1, 1_000_000).describe("rises with each release that has a migration"),
  contracts: z
    .boolean({ error: "true or false" })
    .default(false)
    .describe("its migration takes away what the release before it still reads"),
});
export type Track = z.infer<typeof track>;

const modelName = z.string({ error: "the name of a model" }).min(1).optional();

/** Who answers questions, with what that provider needs and nothing else. */
const model = z.discriminatedUnion("provider", [
  z.strictObject({ provider: z.literal("openai"), apiKey: givenSecret, model: modelName }),
  z.strictObject({ provider: z.literal("anthropic"), apiKey: givenSecret, model: modelName }),
  z.strictObject({ provider: z.literal("groq"), apiKey: givenSecret, model: modelName }),
  z.strictObject({ provider: z.literal("ollama"), url: httpUrl, model: modelName }),
]);

/** Where each provider that has a key is reached. */
export const providerHosts = {
  openai: "api.openai.com",
  anthropic: "api.anthropic.com",
  groq: "api.groq.com",
} as const;

const kept = dataPolicy.default("keep");

/** Where uploaded files are: a volume that all replicas write, an object store, or one replica's own volume. */
const files = z.strictObject({
  use: z.enum(["sharedClaim", "objectStore", "singleReplica"], {
    error: "one of sharedClaim, objectStore, singleReplica",
  }),
  sharedClaim: z.strictObject({ volume: sharedVolume, data: kept }).optional(),
  singleReplica: z.strictObject({ volume, data: kept }).optional(),
  backup: filesBackup.describe("of whichever of the two volumes is in use"),
  objectStore,
});

/**
 * The services that the monolith takes over from; document 002, 6.3. No resource follows from it: only
 * `npm run retire` reads it, and nobody else stops or starts them.
 */
const legacy = z.strictObject({
  namespace: dnsLabel,
  deployments: z
    .array(objectName, { error: "the names of the Deployments to retire" })
    .min(1)
    .describe("in the order in which they are stopped; they are started again in the other"),
  keepDays: count(1, 3650)
    .default(30)
    .describe(
      "how long they are kept at zero before they may be removed; document 002, Mitigation",
    ),
});
export type LegacySettings = z.infer<typeof legacy>;

/** FaultMaven: the modular monolith of document 002, with its stores. */
export const faultmaven = z.strictObject({
  ...system,
  live: trackName.describe("the track that users reach"),
  tracks: z.array(track).min(1).max(2).describe("the live release, and one beside it"),
  app: z.strictObject({
    environment: z.enum(["development", "staging", "production"], {
      error: "one of development, staging, production",
    }),
    module: z
      .string({ error: "an ASGI application such as faultmaven.app:app" })
      .regex(/^[\w.]+:\w+$/, { error: "an ASGI application such as faultmaven.app:app" }),
    runAsUser: userId.describe("the image names its user only; Kubernetes needs the number"),
    port,
    databaseScheme: z
      .enum(["postgresql+asyncpg", "postgresql"], {
        error: "one of postgresql+asyncpg, postgresql",
      })
      .describe("the driver that the image has"),
    jwt: z.strictObject({
      algorithm: z.enum(["HS256", "HS384", "HS512"], { error: "one of HS256, HS384, HS512" }),
      expiryMinutes: count(5, 1440).describe("the bounds are the application's own"),
    }),
    corsOrigins: z.array(httpUrl),
    resources,
    scaling,
  }),
  model: model
    .optional()
    .describe("without a default: no provider is to be handed the key of another"),
  files,
  migration: oneShot,
  service,
  ingress,
  preview: ingress.describe("how the track that is not live is reached, while there is one"),
  legacy: legacy
    .optional()
    .describe("what npm run retire stops; left out where there is nothing old, or no longer"),
  postgres,
  redis,
  chromadb,
  secrets: z.strictObject({
    jwtSecret: secret.describe("the next generation ends every user's session"),
  }),
});
export type FaultMavenSettings = z.infer<typeof faultmaven>;
