/** Proves what the application is told and given; that the image then works, only a real cluster shows. */
import type { FaultMaven } from "../../../../components/systems/faultmaven";
import {
  addresses,
  containerOf,
  faultmavenOf,
  keysOf,
  migrationOf,
  theirs,
} from "../../../support/faultmaven";
import type { Manifests } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";

const application = "Deployment/faultmaven-blue";

let dev: Synthesis<FaultMaven>;
let staging: Synthesis<FaultMaven>;
let prod: Synthesis<FaultMaven>;
beforeAll(async () => {
  dev = await faultmavenOf("dev");
  staging = await faultmavenOf("staging");
  prod = await faultmavenOf("prod");
});

function deployment(synthesis: Synthesis<unknown>): Manifests["Deployment"]["spec"] {
  return synthesis.object("Deployment", "faultmaven-blue").spec;
}

describe("the application's variables", () => {
  it("are those that document 002 has, and those that the source reads besides", () => {
    expect(envOf(prod, application)).toEqual({
      ACCESS_TOKEN_EXPIRE_MINUTES: "1440",
      CHROMA_HOST: "chromadb.faultmaven.svc.cluster.local",
      CHROMA_PERSIST_DIR: "/tmp/chromadb",
      CHROMA_PORT: "8000",
      DATABASE_URL: "secret faultmaven-secrets/database-url",
      ENVIRONMENT: "production",
      FILE_STORAGE_PATH: "/app/data/files",
      HOME: "/tmp",
      HOST: "0.0.0.0",
      JWT_ALGORITHM: "HS256",
      JWT_EXPIRY_MINUTES: "1440",
      JWT_SECRET: "secret faultmaven-secrets/jwt-secret",
      LLM_PROVIDER: "openai",
      OPENAI_API_KEY: "secret faultmaven-secrets/openai-api-key",
      PORT: "8000",
      REDIS_URL: "secret faultmaven-secrets/redis-url",
      SECRET_KEY: "secret faultmaven-secrets/jwt-secret",
      SECURITY_SECRET_KEY: "secret faultmaven-secrets/jwt-secret",
      VECTOR_PROVIDER: "chromadb",
    });
  });

  it.each([
    ["dev", "development"],
    ["staging", "staging"],
    ["prod", "production"],
  ] as const)("say where it runs: %s is %s", async (stack, name) => {
    expect(envOf(await faultmavenOf(stack), application).ENVIRONMENT).toBe(name);
  });

  it("follow the settings of its tokens, under each name by which they are known", async () => {
    const jwt = { algorithm: "HS512", expiryMinutes: 60 };
    const synthesis = await faultmavenOf("prod", { app: { jwt } });
    expect(envOf(synthesis, application)).toMatchObject({
      ACCESS_TOKEN_EXPIRE_MINUTES: "60",
      JWT_ALGORITHM: "HS512",
      JWT_EXPIRY_MINUTES: "60",
    });
  });

  it("name the origins of other pages that may call it, where there are any", async () => {
    const corsOrigins = ["https://a.example.com", "https://b.example.com"];
    const synthesis = await faultmavenOf("prod", { app: { corsOrigins } });
    expect(envOf(synthesis, application).CORS_ORIGINS).toBe(
      "https://a.example.com,https://b.example.com",
    );
  });
});

describe("the application's port", () => {
  let moved: Synthesis<FaultMaven>;
  beforeAll(async () => {
    moved = await faultmavenOf("prod", { app: { port: 8090 } });
  });

  it("is opened by the container, by name", () => {
    expect(containerOf(moved).ports).toEqual([
      { name: "http", containerPort: 8090, protocol: "TCP" },
    ]);
  });

  it("is what the server listens on, at every address of its pod", () => {
    expect(containerOf(moved).command?.join(" ")).toBe(
      "uvicorn faultmaven.app:app --host 0.0.0.0 --port 8090",
    );
  });

  it("is what the application is told", () => {
    expect(envOf(moved, application).PORT).toBe("8090");
  });

  it.each(["startupProbe", "readinessProbe", "livenessProbe"] as const)(
    "is what the %s asks, by name",
    (probe) => {
      expect(containerOf(moved)[probe]?.httpGet?.port).toBe("http");
    },
  );

  it("is where the Service's port 80 leads, by name", () => {
    expect(moved.object("Service", "faultmaven").spec.ports).toEqual([
      { name: "http", port: 80, targetPort: "http", protocol: "TCP" },
    ]);
  });

  it("is the one that the ingress controller may reach", () => {
    const { spec } = moved.object("NetworkPolicy", "faultmaven-blue-from-ingress");
    expect(spec.ingress[0]?.ports).toEqual([{ protocol: "TCP", port: 8090 }]);
  });
});

describe("the application's model", () => {
  const named = { model: "a-model" };

  /** What the application is told of any provider. */
  function modelEnv(synthesis: Synthesis<unknown>): Record<string, string> {
    const told = Object.entries(envOf(synthesis, application));
    const known = /^(OPENAI|ANTHROPIC|GROQ|OLLAMA|LLM)_/;
    return Object.fromEntries(told.filter(([name]) => known.test(name)));
  }

  it.each([
    ["openai", "OPENAI_API_KEY", "OPENAI_MODEL", "10.7.3.0/24"],
    ["anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_MODEL", "10.7.1.0/24"],
    ["groq", "GROQ_API_KEY", "GROQ_MODEL", "10.7.2.0/24"],
  ])("of %s comes with its key alone", async (provider, key, model, cidr) => {
    const choice = { provider, apiKey: theirs, ...named };
    const synthesis = await faultmavenOf("dev", { model: choice }, addresses);
    expect(modelEnv(synthesis)).toEqual({
      LLM_PROVIDER: provider,
      [key]: "secret theirs/key",
      [model]: "a-model",
    });
    const { spec } = synthesis.object("NetworkPolicy", "faultmaven-blue-to-model");
    expect(spec.egress).toEqual([
      { to: [{ ipBlock: { cidr } }], ports: [{ protocol: "TCP", port: 443 }] },
    ]);
  });

  it.each([
    ["http://ollama.example.com:11434", 11434],
    ["http://ollama.example.com", 80],
    ["https://ollama.example.com/v1", 443],
  ])("of ollama at %s needs no key, and is reached at port %i", async (url, port) => {
    const model = { provider: "ollama", url, ...named };
    const synthesis = await faultmavenOf("dev", { model }, addresses);
    expect(modelEnv(synthesis)).toEqual({
      LLM_PROVIDER: "ollama",
      OLLAMA_HOST: url,
      OLLAMA_MODEL: "a-model",
    });
    const [rule] = synthesis.object("NetworkPolicy", "faultmaven-blue-to-model").spec.egress;
    expect(rule?.ports).toEqual([{ protocol: "TCP", port }]);
  });
});

describe("the Secret faultmaven-secrets", () => {
  it("has the keys of document 002", () => {
    expect(keysOf(prod)).toEqual(["database-url", "jwt-secret", "openai-api-key", "redis-url"]);
  });

  it.each([
    ["openai", "openai-api-key"],
    ["anthropic", "anthropic-api-key"],
    ["groq", "groq-api-key"],
  ])("has the key of %s and of no other provider", async (provider, key) => {
    const apiKey = { from: "setting", key: "openaiApiKey" };
    const synthesis = await faultmavenOf("dev", { model: { provider, apiKey } }, addresses);
    expect(keysOf(synthesis)).toEqual(["database-url", "jwt-secret", "redis-url", key].sort());
  });

  it("has no provider's key where the model runs without one", async () => {
    const model = { provider: "ollama", url: "http://ollama.example.com:11434" };
    const synthesis = await faultmavenOf("dev", { model }, addresses);
    expect(keysOf(synthesis)).toEqual(["database-url", "jwt-secret", "redis-url"]);
  });

  it("has a signing key of 64 characters, which nobody chose", () => {
    const { "jwt-secret": key } = prod.object("Secret", "faultmaven-secrets").stringData;
    expect(key).toHaveLength(64);
  });

  it("gives a signing key's next generation to the application, and not to the migration", async () => {
    const secrets = { jwtSecret: { from: "generated", rotation: 2 } };
    const rotated = await faultmavenOf("prod", { secrets });
    const { annotations } = deployment(rotated).template.metadata;
    expect(annotations["rotation.platform/faultmaven-secrets.jwt-secret-2"]).toBe("2");
    expect(migrationOf(rotated)).toBe(migrationOf(prod));
  });
});

describe("the application's health", () => {
  it("is asked as document 002 says", () => {
    expect(containerOf(prod)).toMatchObject({
      livenessProbe: {
        httpGet: { path: "/health/live", port: "http" },
        initialDelaySeconds: 30,
        periodSeconds: 10,
        timeoutSeconds: 5,
        failureThreshold: 3,
      },
      readinessProbe: {
        httpGet: { path: "/health/ready", port: "http" },
        initialDelaySeconds: 10,
        periodSeconds: 5,
        timeoutSeconds: 3,
        failureThreshold: 2,
      },
    });
  });

  it("has a minute to come", () => {
    const { httpGet, periodSeconds = 0, failureThreshold = 0 } = containerOf(prod).startupProbe!;
    expect([httpGet?.path, periodSeconds * failureThreshold]).toEqual(["/health/live", 60]);
  });
});

describe("the application's resources", () => {
  const limits = { cpu: "2000m", memory: "2Gi" };

  it("are those of document 002 in dev", () => {
    expect(containerOf(dev).resources).toEqual({
      requests: { cpu: "500m", memory: "512Mi" },
      limits,
    });
  });

  it("ask for twice the memory where an autoscaler goes by it", () => {
    expect([containerOf(staging).resources, containerOf(prod).resources]).toEqual(
      Array(2).fill({ requests: { cpu: "500m", memory: "1Gi" }, limits }),
    );
  });
});

describe("the application's replicas", () => {
  it("follow CPU and memory in prod, from three to ten", () => {
    expect(prod.object("HorizontalPodAutoscaler", "faultmaven-blue").spec).toMatchObject({
      scaleTargetRef: { kind: "Deployment", name: "faultmaven-blue" },
      minReplicas: 3,
      maxReplicas: 10,
      metrics: [
        { resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        { resource: { name: "memory", target: { type: "Utilization", averageUtilization: 80 } } },
      ],
    });
  });

  it("are fewer in staging", () => {
    expect(staging.object("HorizontalPodAutoscaler", "faultmaven-blue").spec).toMatchObject({
      minReplicas: 2,
      maxReplicas: 5,
    });
  });

  it("are one in dev, and nothing changes that", () => {
    expect([deployment(dev).replicas, dev.names("HorizontalPodAutoscaler")]).toEqual([1, []]);
  });

  it("are the autoscaler's alone where there is one", () => {
    expect(deployment(prod)).not.toHaveProperty("replicas");
    expect(prod.resource(application).ignoreChanges).toEqual(["spec.replicas"]);
  });

  it("are replaced one by one, the new one first", () => {
    expect(deployment(prod).strategy).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
  });

  it("finish what they have begun: they are killed only long after they were taken out", () => {
    const drain = containerOf(prod).lifecycle?.preStop?.sleep?.seconds ?? 0;
    const { terminationGracePeriodSeconds } = deployment(prod).template.spec;
    expect([drain, terminationGracePeriodSeconds]).toEqual([15, 60]);
  });
});

describe("the application's log folder", () => {
  it("is the pod's own and bounded", () => {
    const { volumes } = deployment(prod).template.spec;
    expect(volumes).toContainEqual({ name: "logs", emptyDir: { sizeLimit: "256Mi" } });
    expect(containerOf(prod).volumeMounts).toContainEqual({ name: "logs", mountPath: "/app/logs" });
  });
});
