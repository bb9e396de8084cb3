import {
  dataKey,
  dataPolicy,
  givenSecret,
  ingress,
  keptSecret,
  mode,
  one,
  type Overrides,
  richCluster,
  scaling,
  secret,
  yesNo,
} from "./arbitraries";
import { backup, byClient } from "./backup-arbitraries";
import fc from "./fast-check";
import { blue, green } from "./faultmaven";

/** The rich cluster, with a class for shared volumes and the addresses of what FaultMaven calls. */
export const cluster = {
  ...richCluster,
  storageClasses: { shared: { accessModes: ["ReadWriteMany"] } },
  externalCidrs: {
    ...richCluster.externalCidrs,
    "api.anthropic.com": ["10.6.0.0/24"],
    "api.groq.com": ["10.7.0.0/24"],
    "chroma.example.com": ["10.8.0.0/24"],
    "ollama.example.com": ["10.9.0.0/24"],
    "redis.example.com": ["10.10.0.0/24"],
  },
};

const model = fc.oneof(
  fc.record({ provider: fc.constantFrom("openai", "anthropic", "groq"), apiKey: givenSecret }),
  one({ provider: "ollama", url: "http://ollama.example.com:11434" }),
);

const service = fc.oneof(
  one({ type: "ClusterIP" }),
  fc
    .constantFrom("NodePort", "LoadBalancer")
    .map((type) => ({ type, sourceRanges: ["198.51.100.0/24"] })),
);

const tracks = fc.oneof(
  one({ tracks: [blue], live: "blue" }),
  one({ tracks: [green], live: "green" }),
  fc.constantFrom("blue", "green").map((live) => ({ tracks: [blue, green], live })),
);

/** Both ways in have to be of one class. */
const waysIn = fc
  .record({
    ingress: ingress("faultmaven.example.com", fc.constant(undefined)),
    preview: ingress("preview.example.com", fc.constant(undefined)),
  })
  .map(({ ingress: live, preview }) => ({
    ingress: live,
    preview: { ...preview, className: live.className },
  }));

function store(
  data: fc.Arbitrary<string>,
  external: fc.Arbitrary<Overrides>,
  own: Readonly<Record<string, fc.Arbitrary<Overrides>>> = {},
): fc.Arbitrary<Overrides> {
  return fc.record({ mode, data, external, ...own });
}

function files(data: fc.Arbitrary<string>): fc.Arbitrary<Overrides> {
  const external = fc.record({
    host: fc.constant("s3.example.com"),
    accessKey: givenSecret,
    secretKey: givenSecret,
  });
  return fc.record({
    use: fc.constantFrom("sharedClaim", "objectStore", "singleReplica"),
    sharedClaim: fc.record({ volume: one({ size: "50Gi", storageClass: "shared" }), data }),
    singleReplica: fc.record({ volume: one({ size: "5Gi" }), data }),
    objectStore: store(data, external, {
      accessKey: dataKey(data),
      secretKey: secret,
      rootPassword: keptSecret,
      backup: backup("copy", data),
    }),
    backup: backup("copy", data, byClient),
  });
}

function withData(data: fc.Arbitrary<string>): fc.Arbitrary<Overrides> {
  const password = { password: givenSecret };
  return fc
    .record({
      rest: fc.record({
        enabled: yesNo,
        data,
        // Headroom would hide what the quota forgets.
        quota: one({ headroomPercent: 0 }),
        app: fc.record({
          port: fc.constantFrom(8000, 8090),
          databaseScheme: fc.constantFrom("postgresql+asyncpg", "postgresql"),
          scaling,
        }),
        model,
        files: files(data),
        service,
        postgres: store(
          data,
          fc.record({
            host: fc.constant("db.example.com"),
            ...password,
          }),
          { password: secret, backup: backup("dump", data) },
        ),
        redis: store(
          data,
          fc.record({ host: fc.constant("redis.example.com"), tls: yesNo, ...password }),
          { password: secret, backup: backup("dump", data) },
        ),
        chromadb: store(data, one({ host: "chroma.example.com" }), {
          backup: backup("dump", data, byClient),
        }),
        secrets: fc.record({ jwtSecret: secret }),
      }),
      tracks,
      waysIn,
    })
    .map((parts) => ({ ...parts.rest, ...parts.tracks, ...parts.waysIn }))
    .map(bearable);
}

/** A volume of one node bears one replica on one track. */
function bearable(said: Overrides): Overrides {
  const { use } = said.files as { readonly use: string };
  if (use !== "singleReplica") return said;
  const app = { ...(said.app as object), scaling: { type: "fixed", replicas: 1 } };
  return { ...said, app, tracks: [blue], live: "blue" };
}

/** Any valid choice of what FaultMaven consists of, over the defaults of an environment. */
export const faultmavenOverrides = withData(dataPolicy);

/** The same as long as nobody writes that data may go. */
export const keepingOverrides = withData(fc.constant("keep"));
