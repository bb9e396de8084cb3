/** Proves which parts the system has and how they follow each other; that they work, only a real cluster shows. */
import type { Thunderline } from "../../../../components/systems/thunderline";
import { environments } from "../../../../config/environment";
import { tightQuota } from "../../../support/invariants/quota";
import { controllers, envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { thunderlineOf } from "../../../support/thunderline";

let dev: Synthesis<Thunderline>;
let prod: Synthesis<Thunderline>;
beforeAll(async () => {
  dev = await thunderlineOf("dev");
  prod = await thunderlineOf("prod");
});

function images(synthesis: Synthesis<unknown>): string[] {
  return controllers(synthesis).flatMap(({ containers }) =>
    containers.map(({ image }) => image ?? "none"),
  );
}

function migration(synthesis = dev): string {
  return `Job/${synthesis.names("Job").find((name) => name.startsWith("migration")) ?? ""}`;
}

describe("Thunderline", () => {
  it("is one namespace, with nothing of the old stacks", () => {
    expect([dev.names("Namespace"), controllers(dev).map(({ namespace }) => namespace)]).toEqual([
      ["thunderline"],
      Array(controllers(dev).length).fill("thunderline"),
    ]);
  });

  it("has one MLflow", () => {
    expect(images(prod).filter((image) => image.includes("mlflow"))).toHaveLength(1);
  });

  it("has one PostgreSQL server", () => {
    const servers = dev.objects("StatefulSet").flatMap(({ metadata }) => metadata.name);
    expect(servers.filter((name) => name.includes("postgres"))).toEqual(["postgres"]);
  });

  it("has the long-running parts that the documents name, and no other", () => {
    expect([dev.names("Deployment"), dev.names("StatefulSet")]).toEqual([
      ["livebook", "mlflow", "otelcol", "web", "worker"],
      ["minio", "postgres"],
    ]);
  });

  it("has fixed images", () => {
    expect(
      images(dev).filter((image) => !/:[^:/]+$/.test(image) || image.endsWith(":latest")),
    ).toEqual([]);
  });
});

describe("Thunderline's quota", () => {
  it.each(environments)(
    "holds every replica, surge and job of %s without headroom",
    async (stack) => {
      const quota = { headroomPercent: 0 };
      expect(tightQuota(await thunderlineOf(stack, { quota }))).toEqual([]);
    },
  );
});

describe("Thunderline's database", () => {
  it("is PostgreSQL 16 with pgvector, as the release demands", () => {
    const [container] = dev.object("StatefulSet", "postgres").spec.template.spec.containers;
    expect(container?.image).toMatch(/pgvector:.*pg(1[6-9]|[2-9]\d)/);
  });

  it.each(["uuid-ossp", "citext", "vector", "pg_trgm"])("has the extension %s", (extension) => {
    expect(dev.object("ConfigMap", "postgres-setup").data["setup.sql"]).toContain(
      `CREATE EXTENSION IF NOT EXISTS "${extension}";`,
    );
  });

  it.each([
    ["disable", {}, ""],
    ["require", { mode: "external" }, "?ssl=true"],
  ])("is reached with TLS mode %s as the server wants it", async (_, mode, query) => {
    const password = { from: "existing", secretName: "theirs", key: "password" };
    const postgres = { ...mode, external: { host: "db.example.com", password } };
    const externalCidrs = { "db.example.com": ["10.0.0.0/24"] };
    const synthesis = await thunderlineOf("dev", { postgres }, { externalCidrs });
    expect(envOf(synthesis, "Deployment/web").DATABASE_URL).toMatch(
      new RegExp(`/thunderline${query.replace("?", "\\?")}$`),
    );
  });
});

describe("Thunderline's object store", () => {
  it("is there, because MLflow and the application write to it", () => {
    expect([dev.names("StatefulSet"), dev.names("PersistentVolumeClaim")]).toEqual([
      expect.arrayContaining(["minio"]),
      expect.arrayContaining(["minio-data"]),
    ]);
  });

  it("has its bucket made", () => {
    expect(dev.names("Job")).toContainEqual(expect.stringMatching(/^minio-setup-/));
  });
});

describe("the migration", () => {
  it("runs the application's image by the release's own command, which needs no mix", () => {
    const [container] = dev.object("Job", migration().slice(4)).spec.template.spec.containers;
    expect([container?.image, container?.command.join(" ")]).toEqual([
      "docker.io/thunderline/app:2.1.0",
      expect.stringMatching(/^\/app\/bin\/thunderline eval .*\bEcto\.Migrator\.run\b/),
    ]);
  });

  it("runs another command where the settings name one", async () => {
    const command = ["/app/bin/migrate"];
    const other = await thunderlineOf("dev", { migration: { command } });
    const { spec } = other.object("Job", migration(other).slice(4));
    expect(spec.template.spec.containers[0]?.command).toEqual(command);
  });

  it("waits until role, database and extensions are there", () => {
    expect(dev.waits(migration())).toContainEqual(expect.stringMatching(/^Job\/postgres-setup-/));
  });

  it("runs again for another image", async () => {
    const app = { image: "docker.io/thunderline/app:2.2.0" };
    expect(migration(await thunderlineOf("dev", { app }))).not.toBe(migration());
  });

  it("does not run again for a setting that only web and worker read", async () => {
    const app = { logLevel: "debug", poolSize: 20, features: ["ml_nas"] };
    expect(migration(await thunderlineOf("dev", { app }))).toBe(migration());
  });

  it("has all that the release does not boot without", () => {
    expect(Object.keys(envOf(dev, migration()))).toEqual(
      expect.arrayContaining(["DATABASE_URL", "SECRET_KEY_BASE", "TOKEN_SIGNING_SECRET"]),
    );
  });
});

describe("the application's image", () => {
  const image = "registry.corp.example.com/thunderline/app:2.1.0";

  it("is the settings' own, because no public registry has it", async () => {
    expect(
      images(await thunderlineOf("dev", { app: { image } })).filter((one) => one === image),
    ).toHaveLength(3);
  });

  it("is pulled through the cluster's registry, like all others", async () => {
    const imageRegistry = "mirror.example.com";
    const mirrored = images(await thunderlineOf("dev", {}, { imageRegistry }));
    expect(mirrored.filter((one) => !one.startsWith("mirror.example.com/"))).toEqual([]);
  });
});

describe("a secret's next generation", () => {
  const secrets = { secretKeyBase: { from: "generated", rotation: 2 } };
  const annotations = (synthesis: Synthesis<unknown>, name: string): Record<string, string> =>
    synthesis.object("Deployment", name).spec.template.metadata.annotations;

  it.each(["web", "worker"])("rolls %s, which reads it", async (name) => {
    const rotated = annotations(await thunderlineOf("dev", { secrets }), name);
    const key = "rotation.platform/thunderline.secret-key-base";
    expect([annotations(dev, name)[key], rotated[`${key}-2`]]).toEqual(["1", "2"]);
  });

  it.each(["mlflow", "livebook", "otelcol"])("leaves %s alone, which does not", async (name) => {
    const rotated = annotations(await thunderlineOf("dev", { secrets }), name);
    expect(rotated).toEqual(annotations(dev, name));
  });
});

describe("a cluster without operators", () => {
  it("gets no object whose kind only an operator knows", () => {
    const kinds = ["ScaledObject", "TriggerAuthentication", "ServiceMonitor"] as const;
    expect(kinds.flatMap((kind) => dev.names(kind))).toEqual([]);
  });
});

describe("a cluster with Prometheus' operator", () => {
  it("gets a monitor of each part that has metrics", async () => {
    const capabilities = { prometheusOperator: true };
    const monitored = await thunderlineOf("dev", {}, { capabilities });
    expect(monitored.names("ServiceMonitor")).toEqual(["minio", "otelcol", "web"]);
    expect(monitored.names("PodMonitor")).toEqual(["worker"]);
  });
});

describe("Thunderline's outputs", () => {
  it("are the addresses, the namespace and where to look for secrets", () => {
    expect(prod.value.outputs).toEqual({
      namespace: "thunderline",
      webUrl: "https://thunderline.example.com",
      mlflowUrl: "http://mlflow.thunderline.svc.cluster.local:5000",
      livebookUrl: "https://livebook.example.com",
      secretNames: ["thunderline", "livebook", "postgres", "minio"],
    });
  });

  it("have the address inside the cluster where there is no ingress", () => {
    expect(dev.value.outputs?.webUrl).toBe("http://web.thunderline.svc.cluster.local:4000");
  });
});
