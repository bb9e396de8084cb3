import { environments } from "../../config/environment";
import { backup, byClient } from "./backup-arbitraries";
import fc from "./fast-check";
import { settingsOf } from "./settings";

export type Overrides = Readonly<Record<string, unknown>>;

/** A cluster with everything that some setting needs. */
export const richCluster = {
  apiServer: { cidrs: ["10.11.0.0/28"], port: 6443 },
  capabilities: {
    certManager: true,
    keda: true,
    prometheusOperator: true,
    volumeSnapshots: true,
  },
  ingressClasses: {
    traefik: { controller: "traefik", namespace: "kube-system" },
    public: { controller: "nginx", namespace: "ingress-nginx" },
  },
  externalCidrs: {
    "api.openai.com": ["10.5.0.0/24"],
    "cerebros.example.com": ["10.1.0.0/24"],
    "db.example.com": ["10.2.0.0/24"],
    "otlp.example.com": ["10.3.0.0/24", "10.4.0.0/24"],
    "s3.example.com": ["fd00::/64"],
  },
};

/** The Secrets, claims and encrypted settings that the settings below may refer to. */
export const foreignNames = ["theirs", "theirs-mlflow", "theirs-postgres"];
export const encryptedKeys = ["byHand"];

export const yesNo = fc.boolean();
export const dataPolicy = fc.constantFrom("keep", "release", "discard");
const kept = fc.constant("keep");

export function one(value: Overrides): fc.Arbitrary<Overrides> {
  return fc.constant(value);
}

const bounds = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }))
  .map(([minReplicas, more]) => ({ minReplicas, maxReplicas: minReplicas + more }));
const percent = fc.integer({ min: 1, max: 100 });

export const scaling = fc.oneof(
  fc.integer({ min: 1, max: 8 }).map((replicas) => ({ type: "fixed", replicas })),
  fc.tuple(bounds, percent).map(([both, cpuPercent]) => ({ type: "hpa", ...both, cpuPercent })),
  fc
    .tuple(bounds, percent)
    .map(([both, memoryPercent]) => ({ type: "hpa", ...both, memoryPercent })),
);
const queueScaling = fc.oneof(
  scaling,
  fc
    .tuple(bounds, fc.integer({ min: 1, max: 100 }))
    .map(([both, jobsPerReplica]) => ({ type: "keda", ...both, jobsPerReplica })),
);

const rotation = fc.integer({ min: 1, max: 3 });
const setting = { from: "setting", key: "byHand" };
const existing = { from: "existing", secretName: "theirs", key: "key" };
/** Whoever changes from generated keeps at least the one generation that was there, and comes after it. */
export const secret = fc.oneof(
  rotation.map((number) => ({ from: "generated", rotation: number })),
  rotation.map((number) => ({ ...setting, rotation: number + 1, keepGenerations: number })),
  rotation.map((number) => ({ ...existing, rotation: number + 1, keepGenerations: number })),
);
/** A generated secret that keeps all of its generations. */
export const keptSecret = rotation.map((number) => ({ from: "generated", rotation: number }));
/** One of whose generations some may be released, and some of these discarded. */
export const retiredSecret = rotation.chain((number) => {
  const upTo = fc.integer({ min: 0, max: number - 1 });
  return fc.tuple(upTo, upTo).map(([one, other]) => ({
    from: "generated",
    rotation: number,
    released: Math.max(one, other),
    discarded: Math.min(one, other),
  }));
});
/** The password of a store's ruler, generated or in the Secret of an earlier server. */
export const rulersSecret = fc.oneof(
  keptSecret,
  rotation.map((number) => ({ ...existing, rotation: number + 1, keepGenerations: number })),
);
/** A claim of this program, or one that was there before, beside what it once made itself. */
export function claim(existingClaim: string, data: fc.Arbitrary<string>): fc.Arbitrary<Overrides> {
  const size = "10Gi";
  return fc.oneof(
    one({ size }),
    data.map((ownClaim) => ({ size, existingClaim, ownClaim })),
  );
}
/** A server whose data are in another folder than its own on the claim of another server alone. */
function server(parts: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Overrides> {
  return fc.record(parts).map(({ dataFolder, volume, ...rest }) => {
    const theirs = Object.hasOwn(volume as Overrides, "existingClaim");
    return { ...rest, volume, ...(theirs ? { dataFolder } : {}) };
  });
}
/** A secret without a next generation: from another place it is another value, so the first one goes. */
export function dataKey(data: fc.Arbitrary<string>): fc.Arbitrary<Overrides> {
  const generated = one({ from: "generated" });
  const anywhere = fc.oneof(generated, one(setting), one(existing));
  return data.chain((policy) => (policy === "keep" ? generated : anywhere));
}
export const givenSecret = fc.oneof(
  rotation.map((number) => ({ ...setting, rotation: number })),
  rotation.map((number) => ({ ...existing, rotation: number })),
);

export function ingress(
  host: string,
  open: fc.Arbitrary<Overrides | undefined>,
): fc.Arbitrary<Overrides> {
  const tls = fc.oneof(
    one({ from: "issuer", clusterIssuer: "letsencrypt" }),
    one({ from: "secret", secretName: "wildcard" }),
    open,
  );
  return fc
    .record({ enabled: yesNo, className: fc.constantFrom("traefik", "public"), tls })
    .map((settings) => ({ ...settings, host }));
}

const exporter = fc.oneof(
  fc.constantFrom("basic", "normal", "detailed").map((verbosity) => ({ type: "debug", verbosity })),
  one({ type: "otlp", host: "otlp.example.com" }),
);

const { image, runAsUser, resources, deadlineSeconds, experiment } = settingsOf("dev").thunderline
  .cerebros as unknown as Overrides;
const study = { image, runAsUser, resources, deadlineSeconds, experiment };
const cerebros = fc.oneof(
  one({ type: "off" }),
  one({ type: "job", ...study }),
  yesNo.map((suspended) => ({ type: "schedule", ...study, schedule: "0 3 * * 0", suspended })),
  one({ type: "external", url: "https://cerebros.example.com/api" }),
);

export const mode = fc.constantFrom("bundled", "external");

const secretNames = [
  "secretKeyBase",
  "tokenSigningSecret",
  "releaseCookie",
  "livebookPassword",
  "livebookSecretKeyBase",
  "livebookCookie",
];

/** All secrets from one place, as a team that has such a place would have them. */
function everySecret(choice: Overrides): Overrides {
  return Object.fromEntries(secretNames.map((name) => [name, choice]));
}

const mixedSecrets = fc.record({
  ...Object.fromEntries(secretNames.map((name) => [name, secret])),
  openaiApiKey: fc.oneof(fc.constant(undefined), givenSecret),
});

function withData(data: fc.Arbitrary<string>): fc.Arbitrary<Overrides> {
  const none = fc.constant(undefined);
  return fc.record({
    enabled: yesNo,
    data,
    // Headroom would hide what the quota forgets.
    quota: one({ headroomPercent: 0 }),
    web: fc.record({ scaling, ingress: ingress("web.example.com", none) }),
    worker: fc.record({ enabled: yesNo, scaling: queueScaling }),
    mlflow: fc.record({
      data,
      volume: claim("theirs-mlflow", data),
      backup: backup("dump", data, byClient),
    }),
    collector: fc.record({ enabled: yesNo, exporter }),
    cerebros,
    livebook: fc.record({
      enabled: yesNo,
      data,
      backup: backup("copy", data, byClient),
      ingress: ingress("livebook.example.com", one({ from: "secret", secretName: "wildcard" })),
    }),
    postgres: server({
      mode,
      data,
      volume: claim("theirs-postgres", data),
      dataFolder: fc.constantFrom("pgdata", "data", "."),
      superuserPassword: rulersSecret,
      backup: backup("dump", data),
      external: fc.record({
        host: fc.constant("db.example.com"),
        password: givenSecret,
        tlsMode: fc.constantFrom("require", "verify-full"),
      }),
    }),
    objectStore: fc.record({
      mode,
      data,
      rootPassword: rulersSecret,
      backup: backup("copy", data),
      external: fc.record({
        host: fc.constant("s3.example.com"),
        accessKey: givenSecret,
        secretKey: givenSecret,
      }),
    }),
    secrets: fc.oneof(mixedSecrets, secret.map(everySecret)),
  });
}

export const environment = fc.constantFrom(...environments);

/** Any valid choice of what Thunderline consists of, over the defaults of an environment. */
export const thunderlineOverrides = withData(dataPolicy);

/** The same as long as nobody writes that data may go. */
export const keepingOverrides = withData(kept);
