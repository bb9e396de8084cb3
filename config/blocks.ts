import { z } from "zod";

import { annotations } from "./labels";
import {
  byteQuantity,
  cidr,
  configKey,
  count,
  cpuQuantity,
  dnsLabel,
  hostName,
  objectName,
  secretKey,
} from "./scalars";

/** The settings that several systems share; one for each building block under `components/`. */

export const yesNo = z.boolean({ error: "true or false" });

const amounts = z.strictObject({ cpu: cpuQuantity, memory: byteQuantity });

/** What a container asks for and what it may use at most. */
export const resources = z.strictObject({ requests: amounts, limits: amounts });
export type Resources = z.infer<typeof resources>;

const fixedReplicas = z.strictObject({ type: z.literal("fixed"), replicas: count(1, 100) });
const hpa = z.strictObject({
  type: z.literal("hpa"),
  minReplicas: count(1, 100),
  maxReplicas: count(1, 100),
  cpuPercent: count(1, 100)
    .optional()
    .describe("mean CPU use, in per cent of the request, to hold"),
  memoryPercent: count(1, 100)
    .optional()
    .describe("mean memory use, in per cent of the request, to hold"),
});
const keda = z.strictObject({
  type: z.literal("keda"),
  minReplicas: count(0, 100),
  maxReplicas: count(1, 100),
  pollingIntervalSeconds: count(1, 3600).default(30).describe("KEDA's own default"),
  cooldownSeconds: count(0, 86400).default(300).describe("KEDA's own default"),
  jobsPerReplica: count(1, 100000).describe("waiting jobs that one replica is to handle"),
});

/** How many replicas a workload has, and who decides: exactly one of these. */
export const scaling = z.discriminatedUnion("type", [fixedReplicas, hpa]);

/** The same for a workload that takes its work from a queue, by whose length KEDA can scale it. */
export const queueScaling = z.discriminatedUnion("type", [fixedReplicas, hpa, keda]);
export type Scaling = z.infer<typeof queueScaling>;

/**
 * What happens to the data of a part that is no longer in use (disabled, or replaced by an external
 * service): `keep` declares and protects it as before, `release` declares it without protection, and
 * only `discard` deletes it. From `keep` to `discard` it takes both steps, because the engine refuses
 * to delete what it still protects. While a part is in use, its data is always kept.
 */
export const dataPolicy = z.enum(["keep", "release", "discard"], {
  error: "one of keep, release, discard",
});
export type DataPolicy = z.infer<typeof dataPolicy>;

/** A volume's claim, for the pods of one node. Without a class it gets the cluster's default one. */
export const volume = z.strictObject({
  size: byteQuantity,
  storageClass: objectName.optional(),
  existingClaim: objectName
    .optional()
    .describe("a claim that somebody else made: it is mounted, and never changed or deleted"),
  ownClaim: dataPolicy
    .optional()
    .describe(
      "what becomes of the claim that this program would make, beside existingClaim; keep by default, discard where there never was one",
    ),
});
export type Volume = z.infer<typeof volume>;

/** The same for pods on several nodes at once. Few classes offer that, so it has to be named. */
export const sharedVolume = z.strictObject({ size: byteQuantity, storageClass: objectName });

/** Certificates from cert-manager or from a Secret that exists already. */
const tls = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("issuer"), clusterIssuer: objectName }),
  z.strictObject({ from: z.literal("secret"), secretName: objectName }),
]);

/** How a system is reached from outside the cluster. */
export const ingress = z.strictObject({
  enabled: yesNo,
  host: hostName.optional(),
  className: objectName,
  tls: tls.optional(),
  requestsPerSecond: count(1, 1_000_000)
    .optional()
    .describe("limit for each client address; nginx only"),
  annotations: annotations
    .refine((all) => !Object.keys(all).some((key) => key.startsWith("policy.platform/")), {
      error:
        "no policy.platform/ annotations: exceptions from the rules are the components' to make",
    })
    .default({})
    .describe("for the controller of this class alone"),
});
export type Ingress = z.infer<typeof ingress>;

const outside = {
  sourceRanges: z.array(cidr).min(1).describe("the addresses that may come in from outside"),
};

/** Who reaches a Service: the cluster alone, or whoever comes from the addresses that are named. */
export const service = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ClusterIP") }),
  z.strictObject({ type: z.literal("NodePort"), ...outside }),
  z.strictObject({ type: z.literal("LoadBalancer"), ...outside }),
]);
export type ServiceSettings = z.infer<typeof service>;

const rotation = count(1, 1000)
  .default(1)
  .describe(
    "raise it to make (generated) or to take up (others) the next value, also when the source changes",
  );

/** How earlier generated values go: protected ones cannot, so `released` comes an update before `discarded`. */
const retired = {
  released: count(0, 1000)
    .default(0)
    .describe(
      "generated values up to this number stay declared, and are no longer protected; only after the update that rotated has ended well",
    ),
  discarded: count(0, 1000)
    .default(0)
    .describe("generated values up to this number are deleted; they have to be released before"),
};

const fromGenerated = { from: z.literal("generated"), rotation, ...retired };
const fromSetting = { from: z.literal("setting"), key: configKey };
const fromExisting = { from: z.literal("existing"), secretName: objectName, key: secretKey };

const keepGenerations = count(0, 1000)
  .default(0)
  .describe(
    "how many generated values stay declared after a change from generated: protected ones must",
  );

/** Where a secret's value comes from, and its generation; each kind of secret has rules of its own. */
function anySource() {
  return z.discriminatedUnion("from", [
    z.strictObject(fromGenerated),
    z.strictObject({ ...fromSetting, rotation, keepGenerations, ...retired }),
    z.strictObject({ ...fromExisting, rotation, keepGenerations, ...retired }),
  ]);
}

/** A secret that its readers alone know: another value counts as soon as they have it. */
export const secret = anySource();

/** A secret that a store keeps too: a job gives the store the next value before the readers get it. */
export const storeSecret = anySource();

/**
 * The password of an account that nobody but this program uses: generated, or the one that the volume of
 * an earlier server has in it, in that server's Secret.
 */
export const rulersSecret = z.discriminatedUnion("from", [
  z.strictObject(fromGenerated),
  z.strictObject({ ...fromExisting, rotation, keepGenerations, ...retired }),
]);

/** The name that belongs to a secret of a store, by which the store finds it: it has no rotation. */
export const storeName = anySource();

/** A key that encrypts what is stored: another value alone would make that unreadable. */
export const dataKey = anySource();

/** A secret that nobody here can make up, such as a key of somebody else's service. */
export const givenSecret = z.discriminatedUnion("from", [
  z.strictObject({ ...fromSetting, rotation }),
  z.strictObject({ ...fromExisting, rotation }),
]);

/** Any of these as settings or a program may say it, defaults left out. */
export type SecretChoice = z.input<typeof secret> | z.input<typeof givenSecret>;

/** A program that runs once: a migration, a bucket, a role. */
export const oneShot = z.strictObject({
  resources,
  deadlineSeconds: count(10, 86400),
});
export type OneShot = z.infer<typeof oneShot>;

/** A namespace's budget; what is left out is the sum of its workloads plus the headroom. */
export const quota = z.strictObject({
  headroomPercent: count(0, 400),
  requestsCpu: cpuQuantity.optional(),
  requestsMemory: byteQuantity.optional(),
  limitsCpu: cpuQuantity.optional(),
  limitsMemory: byteQuantity.optional(),
  storage: byteQuantity.optional(),
  pods: count(1, 10000).optional(),
});
export type Quota = z.infer<typeof quota>;

/** What every system says of itself. */
export const system = {
  enabled: yesNo,
  namespace: dnsLabel,
  data: dataPolicy,
  quota,
};
export type SystemSettings = z.infer<z.ZodObject<typeof system>>;
