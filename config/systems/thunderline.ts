import { z } from "zod";

import { clientDumpBackup, filesBackup } from "../backup";
import {
  givenSecret,
  ingress,
  oneShot,
  queueScaling,
  resources,
  scaling,
  secret,
  dataPolicy,
  system,
  volume,
  yesNo,
} from "../blocks";
import { count, cron, hostName, httpUrl, image, userId } from "../scalars";
import { objectStore, postgres } from "../stores";

const batch = {
  image,
  runAsUser: userId,
  resources,
  deadlineSeconds: count(60, 604800),
  experiment: z.string({ error: "the name of an MLflow experiment" }).min(1),
};

/** A Cerebros run is a batch study that ends by itself; as a Deployment it would restart for ever. */
const cerebros = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("schedule"), ...batch, schedule: cron, suspended: yesNo }),
  z.strictObject({ type: z.literal("job"), ...batch }),
  z.strictObject({ type: z.literal("external"), url: httpUrl }),
  z.strictObject({ type: z.literal("off") }),
]);

/** Where the application reaches its model provider once it has a key. */
export const openaiHost = "api.openai.com";

/** Thunderline: the consolidated single-namespace stack of documents 000 and 001. */
export const thunderline = z.strictObject({
  ...system,
  app: z.strictObject({
    image,
    runAsUser: userId.describe("the image names its user `app` only; Kubernetes needs the number"),
    logLevel: z.enum(["debug", "info", "warning", "error"], {
      error: "one of debug, info, warning, error",
    }),
    features: z.array(z.string({ error: "the name of a feature" }).regex(/^[a-z0-9_]+$/)),
    poolSize: count(1, 200).describe("database connections of each replica"),
  }),
  migration: oneShot.extend({
    command: z.array(z.string({ error: "a word of the command" })).min(1),
  }),
  web: z.strictObject({
    host: hostName
      .optional()
      .describe("the public host name where no ingress is declared here; localhost by default"),
    resources,
    scaling,
    ingress,
  }),
  worker: z.strictObject({ enabled: yesNo, resources, scaling: queueScaling }),
  mlflow: z.strictObject({
    image,
    runAsUser: userId,
    resources,
    volume,
    data: dataPolicy,
    backup: clientDumpBackup,
  }),
  collector: z.strictObject({
    enabled: yesNo,
    image,
    runAsUser: userId,
    resources,
    exporter: z.discriminatedUnion("type", [
      z.strictObject({
        type: z.literal("debug"),
        verbosity: z
          .enum(["basic", "normal", "detailed"], { error: "one of basic, normal, detailed" })
          .default("basic"),
      }),
      z.strictObject({
        type: z.literal("otlp"),
        host: hostName,
        port: count(1, 65535).default(4317),
      }),
    ]),
  }),
  cerebros,
  livebook: z.strictObject({
    enabled: yesNo,
    image,
    runAsUser: userId,
    resources,
    volume,
    data: dataPolicy,
    backup: filesBackup,
    ingress,
  }),
  postgres,
  objectStore,
  secrets: z.strictObject({
    secretKeyBase: secret.describe("the next generation ends every session of the web pages"),
    tokenSigningSecret: secret.describe("the next generation ends every login"),
    releaseCookie: secret.describe(
      "web replicas of two generations do not find each other until all have the next one",
    ),
    livebookPassword: secret.describe("the next generation ends every session of Livebook"),
    livebookSecretKeyBase: secret.describe("the next generation ends every session of Livebook"),
    livebookCookie: secret.describe("the next generation ends what notebooks are running"),
    openaiApiKey: givenSecret.optional(),
  }),
});
export type ThunderlineSettings = z.infer<typeof thunderline>;
