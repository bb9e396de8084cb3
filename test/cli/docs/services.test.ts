// Small objects made by hand. Does not prove that Mermaid draws the picture, nor that the page in
// docs/ is that of today's program.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type KubernetesObject, pageFile, servicesPage, writePage } from "../../../cli/docs";
import {
  connection,
  connections,
  deployment,
  type Fields,
  inNamespace,
  named,
  object,
  pods,
  policy,
  workload,
} from "./support";

describe("a workload", () => {
  it("has its kind, purpose and number", () => {
    const annotations = { "kubernetes.io/description": "Answers | calls" };
    const prod = [
      { ...deployment("web"), metadata: { ...deployment("web").metadata, annotations } },
    ];
    expect(servicesPage({ prod })).toContain(
      "| `web` | Deployment | Answers \\| calls | 1 replica | – | – |",
    );
  });

  it("shows which of its ports a Service offers, and those that only a Service names", () => {
    const ports = [
      { name: "http", containerPort: 4000 },
      { name: "health", containerPort: 13133 },
    ];
    const service = object("Service", "web", {
      selector: named("web"),
      ports: [
        { name: "http", port: 80, targetPort: "http" },
        { name: "peer", port: 9100 },
      ],
    });
    const foreign = object("Service", "other", { selector: named("other"), ports: [{ port: 1 }] });
    const page = servicesPage({ prod: [deployment("web", { ports }), service, foreign] });
    expect(workload(page, "web")[4]).toBe("http 4000<br>peer 9100<br>health 13133 (no Service)");
  });

  it("shows the claims that it mounts", () => {
    const claim = object("PersistentVolumeClaim", "db-data", {
      resources: { requests: { storage: "10Gi" } },
    });
    const template = pods(
      "db",
      { volumeMounts: [{ name: "store", mountPath: "/data" }] },
      {
        volumes: [
          { name: "store", persistentVolumeClaim: { claimName: "db-data" } },
          { name: "tmp" },
        ],
      },
    );
    const page = servicesPage({
      prod: [object("StatefulSet", "db", { replicas: 1, template }), claim],
    });
    expect(workload(page, "db")[5]).toBe("`db-data`, 10Gi, at `/data`");
    expect(page).toContain('wl_db[("db")]');
  });

  it("shows each key of a Secret that it reads, from wherever it reads it", () => {
    const ref = (name: string, key: string): Fields => ({
      valueFrom: { secretKeyRef: { name, key } },
    });
    const template = pods(
      "web",
      {
        env: [ref("db", "password"), ref("db", "password")],
        envFrom: [{ secretRef: { name: "extra" } }],
      },
      {
        initContainers: [{ env: [ref("db", "admin")] }],
        volumes: [{ name: "certificate", secret: { secretName: "tls" } }],
      },
    );
    const page = servicesPage({ prod: [object("Deployment", "web", { template })] });
    expect(connections(page, "web")[3]).toBe("`db.admin`<br>`db.password`<br>`extra.*`<br>`tls.*`");
  });

  it.each([
    [
      "HorizontalPodAutoscaler",
      { minReplicas: 2, maxReplicas: 4 },
      "2 to 4 replicas (HorizontalPodAutoscaler)",
    ],
    ["ScaledObject", { minReplicaCount: 0, maxReplicaCount: 9 }, "0 to 9 replicas (ScaledObject)"],
  ])("has the bounds of its %s", (kind, bounds, runs) => {
    const target = { scaleTargetRef: { kind: "Deployment", name: "web" } };
    const other = { scaleTargetRef: { kind: "StatefulSet", name: "web" }, minReplicas: 7 };
    const scalers = [object(kind, "other", other), object(kind, "web", { ...target, ...bounds })];
    expect(workload(servicesPage({ prod: [deployment("web"), ...scalers] }), "web")[3]).toBe(runs);
  });

  it("that runs by the clock has its schedule", () => {
    const template = pods("study");
    const spec = {
      schedule: "0 3 * * 0",
      timeZone: "Etc/UTC",
      suspend: true,
      jobTemplate: { spec: { template } },
    };
    const page = servicesPage({ prod: [object("CronJob", "study", spec)] });
    expect(workload(page, "study")[3]).toBe("`0 3 * * 0` (Etc/UTC), suspended");
    expect(page).toContain('wl_study{{"study"}}');
  });

  it("that is a Job goes without the hash of its content, even where another stack has another", () => {
    const job = (hash: string): KubernetesObject =>
      object(
        "Job",
        `migration-${hash}`,
        { template: pods("migration") },
        { labels: named("migration") },
      );
    const page = servicesPage({ prod: [job("fd232be268")], dev: [job("0123456789")] });
    expect(page).not.toContain("fd232be268");
    expect(page).toContain("ends with a hash of its content");
    expect(page).toContain("- `dev`: the same workloads and numbers.");
  });
});

describe("a system", () => {
  it("has a section with a frame for its namespace", () => {
    const other = deployment("chat");
    const elsewhere = { ...other, metadata: { ...other.metadata, namespace: "umbrella" } };
    const page = servicesPage({ prod: [elsewhere, deployment("web")] });
    expect(page.match(/^## .*/gm)).toEqual(["## acme", "## umbrella"]);
    expect(page).toContain('subgraph ns_umbrella["namespace umbrella"]');
  });

  it("says where it is published", () => {
    const paths = [{ backend: { service: { name: "web" } } }];
    const ingress = object("Ingress", "web", {
      ingressClassName: "traefik",
      tls: [{ hosts: ["web.example.com"] }],
      rules: [{ host: "web.example.com", http: { paths } }],
    });
    expect(servicesPage({ prod: [deployment("web"), ingress] })).toContain(
      "- https://web.example.com (class traefik) leads to `web`.",
    );
  });
});

describe("another stack", () => {
  it("is told by what is there and what is not", () => {
    const prod = [deployment("web", {}, { replicas: 3 }), deployment("mail")];
    const dev = [deployment("web"), deployment("debugger")];
    expect(servicesPage({ prod, dev })).toContain(
      "- `dev`: without: Deployment `mail`; only there: Deployment `debugger`; `web` 1 replica instead of 3 replicas.",
    );
  });

  it("is told by whom it is connected to", () => {
    const caller = policy("web-from-ingress", "web", {
      ingress: [{ from: [inNamespace("edge")] }],
    });
    const page = servicesPage({ prod: [deployment("web"), caller], dev: [deployment("web")] });
    expect(page).toContain("- `dev`: not connected: ingress controller.");
  });

  it("without the system says so", () => {
    expect(servicesPage({ prod: [deployment("web")], dev: [] })).toContain(
      "- `dev`: nothing of this runs.",
    );
  });
});

describe("the page", () => {
  const objects = [
    deployment("web"),
    deployment("db"),
    object("Job", "setup", { template: pods("setup") }),
    ...connection("web", "db", 5432),
    ...connection("setup", "db", 5432),
  ];

  it("is the same whatever order the objects and stacks come in", () => {
    const page = servicesPage({ prod: objects, dev: objects, staging: [] });
    expect(
      servicesPage({ staging: [], dev: [...objects].reverse(), prod: [...objects].reverse() }),
    ).toBe(page);
  });

  it("needs stack prod", () => {
    expect(() => servicesPage({ dev: objects })).toThrow("stack prod, and there is dev");
  });

  it.each(["end", "style", "a.b", "o-x"])(
    "draws a workload called %s under an id of its own",
    (name) => {
      const page = servicesPage({ prod: [deployment(name), deployment("a-b")] });
      const ids = [...page.matchAll(/^ {4}(\S+?)\[/gm)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(2);
      for (const id of ids) expect(id).toMatch(/^wl_[a-z0-9_]+$/);
    },
  );

  it("is written only when it changes", () => {
    const repository = mkdtempSync(join(tmpdir(), "platform-docs-"));
    try {
      expect(writePage(pageFile(repository, "SERVICES.md"), servicesPage({ prod: objects }))).toBe(
        true,
      );
      expect(readFileSync(pageFile(repository, "SERVICES.md"), "utf8")).toBe(
        servicesPage({ prod: objects }),
      );
      expect(writePage(pageFile(repository, "SERVICES.md"), servicesPage({ prod: objects }))).toBe(
        false,
      );
    } finally {
      rmSync(repository, { recursive: true });
    }
  });
});
