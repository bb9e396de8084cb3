/** Proves what web is told and allowed; that the release then works, only a real cluster shows. */
import type { Thunderline } from "../../../../components/systems/thunderline";
import type { Container, Manifests } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { thunderlineOf } from "../../../support/thunderline";

let dev: Synthesis<Thunderline>;
let prod: Synthesis<Thunderline>;
beforeAll(async () => {
  dev = await thunderlineOf("dev");
  prod = await thunderlineOf("prod");
});

function web(synthesis = dev): Manifests["Deployment"]["spec"] {
  return synthesis.object("Deployment", "web").spec;
}

function container(): Container {
  return web().template.spec.containers[0] ?? {};
}

function env(synthesis = dev): Record<string, string> {
  return envOf(synthesis, "Deployment/web");
}

describe("web's health", () => {
  it.each(["livenessProbe", "startupProbe"] as const)(
    "%s asks /healthz, which does not depend on the database",
    (probe) => {
      expect(container()[probe]?.httpGet).toEqual({ path: "/healthz", port: "http" });
    },
  );

  it("readiness asks /readyz, which asks the database too", () => {
    expect(container().readinessProbe?.httpGet).toEqual({ path: "/readyz", port: "http" });
  });
});

describe("web's resources", () => {
  it("are those of document 000", () => {
    expect(container().resources).toEqual({
      requests: { cpu: "500m", memory: "512Mi" },
      limits: { cpu: "1000m", memory: "1Gi" },
    });
  });
});

describe("web's public host", () => {
  it("is that of its ingress, or browsers' LiveView sockets would be refused", () => {
    expect(env(prod).PHX_HOST).toBe("thunderline.example.com");
  });

  it("is localhost where there is no ingress, as a forwarded port shows it", () => {
    expect(env().PHX_HOST).toBe("localhost");
  });

  it("is what the settings say where somebody else's proxy is in front", async () => {
    const behind = await thunderlineOf("dev", { web: { host: "web.corp.example.com" } });
    expect(env(behind).PHX_HOST).toBe("web.corp.example.com");
  });

  it("is never the release's own default", () => {
    expect([env().PHX_HOST, env(prod).PHX_HOST]).not.toContain("example.com");
  });
});

describe("web's background jobs", () => {
  it("run on the worker, and not on each replica of web", () => {
    expect(env().TL_ENABLE_OBAN).toBe("false");
  });
});

describe("web's replicas", () => {
  it("find each other by the name of a headless Service", () => {
    const { clusterIP } = prod.object("Service", "web-peers").spec;
    expect([env(prod).DNS_CLUSTER_QUERY, clusterIP]).toEqual([
      "web-peers.thunderline.svc.cluster.local",
      "None",
    ]);
  });

  it("are named by their own address", () => {
    expect(env(prod)).toMatchObject({
      POD_IP: "field status.podIP",
      RELEASE_DISTRIBUTION: "name",
      RELEASE_NODE: "thunderline@$(POD_IP)",
    });
  });

  it("share one cookie", () => {
    expect(env(prod).RELEASE_COOKIE).toBe("secret thunderline/release-cookie");
  });

  it.each(["web-to-web", "web-from-web"])("may talk to each other: %s", (name) => {
    const { egress, ingress } = prod.object("NetworkPolicy", name).spec;
    const rules = name === "web-to-web" ? egress : ingress;
    expect(rules[0]?.ports.map(({ port }) => port)).toEqual([4369, 9100]);
  });

  it("talk on the one port that the policies open", () => {
    expect(env(prod).ERL_AFLAGS).toContain(
      "-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9100",
    );
  });
});

describe("web's number of replicas", () => {
  it("is one in dev", () => {
    expect(web().replicas).toBe(1);
  });

  it("is two in staging", async () => {
    expect(web(await thunderlineOf("staging")).replicas).toBe(2);
  });

  it("follows the load in prod, from two to four", () => {
    expect(prod.object("HorizontalPodAutoscaler", "web").spec).toMatchObject({
      minReplicas: 2,
      maxReplicas: 4,
    });
  });
});

describe("web's secrets", () => {
  it.each([
    ["SECRET_KEY_BASE", "secret thunderline/secret-key-base"],
    ["TOKEN_SIGNING_SECRET", "secret thunderline/token-signing-secret"],
    ["DATABASE_PASSWORD", "secret postgres/password"],
    ["MINIO_ACCESS_KEY", "secret minio/access-key"],
    ["MINIO_SECRET_KEY", "secret minio/secret-key"],
    ["AWS_ACCESS_KEY_ID", "secret minio/access-key"],
    ["AWS_SECRET_ACCESS_KEY", "secret minio/secret-key"],
  ])("%s is read from a Secret", (name, value) => {
    expect(env()[name]).toBe(value);
  });

  it("include no key of OpenAI unless the settings name one", () => {
    expect(env()).not.toHaveProperty("OPENAI_API_KEY");
  });
});

describe("web's model provider", () => {
  const openaiApiKey = { from: "existing", secretName: "openai", key: "token" };
  const told = (): Promise<Synthesis<Thunderline>> =>
    thunderlineOf(
      "dev",
      { secrets: { openaiApiKey } },
      { externalCidrs: { "api.openai.com": ["10.7.0.0/24"] } },
    );

  it("is called with the key that the settings name", async () => {
    expect(envOf(await told(), "Deployment/web").OPENAI_API_KEY).toBe("secret openai/token");
  });

  it("may be reached, at its own addresses alone", async () => {
    const { spec } = (await told()).object("NetworkPolicy", "web-to-openai");
    expect(spec.egress).toEqual([
      { to: [{ ipBlock: { cidr: "10.7.0.0/24" } }], ports: [{ protocol: "TCP", port: 443 }] },
    ]);
  });
});

describe("web's settings", () => {
  it("are those of the reference", () => {
    expect(env()).toMatchObject({
      CEREBROS_SCRIPT: "/app/priv/cerebros_bridge_stub.py",
      DATABASE_URL:
        "ecto://thunderline:$(DATABASE_PASSWORD)@postgres.thunderline.svc.cluster.local:5432/thunderline",
      FEATURES: "ml_nas,cerebros_bridge,ai_chat_panel",
      LOG_LEVEL: "info",
      MINIO_BUCKET: "thunderline-artifacts",
      MINIO_ENDPOINT: "http://minio.thunderline.svc.cluster.local:9000",
      MLFLOW_S3_ENDPOINT_URL: "http://minio.thunderline.svc.cluster.local:9000",
      MLFLOW_TRACKING_URI: "http://mlflow.thunderline.svc.cluster.local:5000",
      POOL_SIZE: "10",
      PORT: "4000",
      RELEASE_CONFIG_FILE: "/app/config/releases.exs",
      SERVICE_NAME: "thunderline",
    });
  });

  it("write start-up files where the container may write", () => {
    expect(env().RELEASE_TMP).toBe("/tmp");
  });

  it("keep Mnesia's tables where the container may write", () => {
    expect(env().ERL_AFLAGS).toMatch(/-mnesia dir '"\/tmp\/\w+"'/);
  });
});

describe("web's start", () => {
  it("waits until the database has the schema of the release", () => {
    expect(dev.waits("Deployment/web")).toContainEqual(expect.stringMatching(/^Job\/migration-/));
  });
});

describe("web's ingress", () => {
  it("is served by traefik, the controller of Thunderline's cluster", () => {
    expect(prod.object("Ingress", "web").spec.ingressClassName).toBe("traefik");
  });

  it("can be served by another class", async () => {
    const ingressClasses = { public: { controller: "nginx", namespace: "ingress-nginx" } };
    const ingress = { enabled: true, host: "web.example.com", className: "public" };
    const other = await thunderlineOf("dev", { web: { ingress } }, { ingressClasses });
    expect(other.object("Ingress", "web").spec.ingressClassName).toBe("public");
  });

  it("is not there in dev", () => {
    expect(dev.objects("Ingress")).toEqual([]);
  });

  it("lets its controller in at the one port", () => {
    const { spec } = prod.object("NetworkPolicy", "web-from-ingress");
    expect(spec.ingress[0]?.ports).toEqual([{ protocol: "TCP", port: 4000 }]);
  });
});
