/** Who is stopped for a restore, of every store that a stack backs up, by the objects that it is rendered to. */
import { backupsAmong, storeOf } from "../../../cli/restore/backups";
import type { CronJob, NetworkPolicy, Pod, Workload } from "../../../cli/restore/objects";
import { restoreLabel, type SystemObjects, writersOf } from "../../../cli/restore/writers";
import { type Stack, stacks, systemsOf } from "./stacks";

/** `Deployment web` of every writer, and the claims that a backup shares with it, by `system/store`. */
function writersIn(stack: Stack): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(systemsOf(stack)).flatMap(([system, objects]) =>
      backupsAmong(objects.cronJobs).map((backup) => {
        const { stopped, claims, strangers } = writersOf(backup, objects);
        const own = backup.metadata.name;
        return [
          `${system}/${storeOf(backup) ?? ""}`,
          [
            ...stopped
              .filter(({ metadata }) => metadata.name !== own)
              .map(({ kind, metadata }) => `${kind} ${metadata.name}`),
            ...claims.map((claim) => `volume ${claim}`),
            ...strangers.map((stranger) => `not ${stranger}`),
          ].sort(),
        ];
      }),
    ),
  );
}

const thunderline = {
  "thunderline/livebook": ["Deployment livebook", "volume livebook-data"],
  "thunderline/minio": [
    ...["Deployment mlflow", "Deployment web", "Deployment worker"],
    "not namespace monitoring",
  ],
  "thunderline/mlflow": ["Deployment mlflow", "volume mlflow-data"],
  "thunderline/postgres": ["Deployment web", "Deployment worker"],
};
const faultmaven = {
  "faultmaven/chromadb": ["Deployment faultmaven-blue"],
  "faultmaven/faultmaven-files": ["Deployment faultmaven-blue", "volume faultmaven-data"],
  "faultmaven/postgres": ["Deployment faultmaven-blue"],
  "faultmaven/redis": ["Deployment faultmaven-blue"],
};
const telemetry = {
  "telemetry/postgres": ["Deployment redpanda-connect"],
  "telemetry/timescaledb": ["Deployment redpanda-connect", "not namespace grafana"],
};
const philotes = [
  ...["Deployment philotes-api", "Deployment philotes-lakekeeper"],
  "Deployment philotes-worker-main",
];

it.each<[Stack, Record<string, string[]>]>([
  ["dev", {}],
  [
    "staging",
    {
      ...thunderline,
      ...faultmaven,
      ...telemetry,
      "philotes/philotes-minio": [...philotes, "not namespace monitoring"],
      "philotes/philotes-postgresql": philotes,
    },
  ],
  ["prod", { ...thunderline, ...faultmaven, ...telemetry }],
])("stops who writes into each store of stack %s, and nobody else", (stack, expected) => {
  expect(writersIn(stack)).toEqual(expected);
});

it("stops each store's own backup, which would dump half a store", () => {
  for (const stack of stacks) {
    for (const objects of Object.values(systemsOf(stack))) {
      for (const backup of backupsAmong(objects.cronJobs)) {
        expect(writersOf(backup, objects).stopped).toContain(backup);
      }
    }
  }
});

describe("a store behind a server", () => {
  const label = (name: string) => ({ "app.kubernetes.io/name": name });
  const template = (name: string) => ({
    metadata: { labels: label(name) },
    spec: { containers: [] },
  });
  const workload = (name: string, namespace = "acme"): Workload => ({
    kind: "Deployment",
    metadata: { name, namespace },
    spec: { template: template(name) },
  });
  const cronJob = (name: string, store?: string): CronJob => ({
    kind: "CronJob",
    metadata: {
      name,
      namespace: "acme",
      annotations: store === undefined ? {} : { "backup.platform/store": store },
    },
    spec: { schedule: "0 2 * * *", jobTemplate: { spec: { template: template(name) } } },
  });
  const policy = (peer: object): NetworkPolicy => ({
    kind: "NetworkPolicy",
    metadata: { name: "any", namespace: "acme" },
    spec: { podSelector: { matchLabels: label("db") }, ingress: [{ from: [peer] }] },
  });
  const pods = (name: string) => ({ podSelector: { matchLabels: label(name) } });
  const there = { matchLabels: { "kubernetes.io/metadata.name": "elsewhere" } };

  const backup = cronJob("db-backup", "db");
  const objects = (over: Partial<SystemObjects>): SystemObjects => ({
    workloads: [workload("db"), workload("web"), workload("web", "elsewhere")],
    cronJobs: [backup, cronJob("study")],
    policies: [],
    scaledObjects: [],
    ...over,
  });
  const stopped = (over: Partial<SystemObjects>): string[] =>
    writersOf(backup, objects(over))
      .stopped.filter((one) => one !== backup)
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);

  it("is written by those of its namespace that a policy lets in", () => {
    expect(stopped({ policies: [policy(pods("web"))] })).toEqual(["Deployment acme/web"]);
  });

  it("is written by those of another namespace that the policy names", () => {
    const peer = { ...pods("web"), namespaceSelector: there };
    expect(stopped({ policies: [policy(peer)] })).toEqual(["Deployment elsewhere/web"]);
  });

  it("is written by runs of a CronJob", () => {
    expect(stopped({ policies: [policy(pods("study"))] })).toEqual(["CronJob acme/study"]);
  });

  it("is not written by its own replicas, nor by its backup", () => {
    expect(stopped({ policies: [policy(pods("db")), policy(pods("db-backup"))] })).toEqual([]);
  });

  it.each([
    ["addresses 192.0.2.0/24", { ipBlock: { cidr: "192.0.2.0/24" } }],
    [
      "namespace monitoring",
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
    ],
  ])("names who else may reach it, and does not stop them: %s", (name, peer) => {
    const found = writersOf(backup, objects({ policies: [policy(peer)] }));
    expect([found.strangers, found.stopped]).toEqual([[name], [backup]]);
  });

  it("has KEDA stand still, which would start a writer again", () => {
    const scaled = (name: string) => ({
      kind: "ScaledObject" as const,
      metadata: { name, namespace: "acme" },
      spec: { scaleTargetRef: { name } },
    });
    const of = objects({
      policies: [policy(pods("web"))],
      scaledObjects: [scaled("web"), scaled("db")],
    });
    expect(writersOf(backup, of).scaledObjects.map(({ metadata }) => metadata.name)).toEqual([
      "web",
    ]);
  });

  it("is not restored where it is not there: nobody could say who writes", () => {
    expect(() => stopped({ workloads: [] })).toThrow("who writes is not known");
  });

  it.each([
    ["a writer's", "web", {}, true],
    ["a stray one of a policy's", "migration", {}, true],
    ["a run of the store's backup", "db-backup", {}, true],
    ["a restore's own", "db-backup", { [restoreLabel]: "db" }, false],
    ["the store's own", "db", {}, false],
    ["somebody else's", "other", {}, false],
  ])("waits for the end of pods that write: %s", (_, name, more, expected) => {
    const { writes } = writersOf(
      backup,
      objects({ policies: [policy(pods("web")), policy(pods("migration"))] }),
    );
    const pod: Pod = {
      kind: "Pod",
      metadata: { name: "one", namespace: "acme", labels: { ...label(name), ...more } },
      spec: { containers: [] },
    };
    expect(writes(pod)).toBe(expected);
  });
});
