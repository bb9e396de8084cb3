/**
 * Document 003, 5.3, row by row: what it asks of each environment, and where this program differs, why.
 * Proves what is declared; what a cluster makes of it, only that cluster shows.
 */
import type { Philotes } from "../../../../components/systems/philotes";
import { type Environment, environments } from "../../../../config/environment";
import { parseBytes, parseCpu } from "../../../../config/quantity";
import { philotes } from "../../../support/philotes";
import { envOf } from "../../../support/pods";
import { stackSettings } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";

const stacks = {} as Record<Environment, Synthesis<Philotes>>;
beforeAll(async () => {
  for (const environment of environments) {
    stacks[environment] = await philotes(stackSettings(environment));
  }
});

/** The replicas that a Deployment starts with: its own number, or the least that its autoscaler keeps. */
function replicas(synthesis: Synthesis<unknown>, name: string): number {
  const scalers = synthesis.objects("HorizontalPodAutoscaler");
  const scaler = scalers.find(({ metadata }) => metadata.name === name);
  const { spec } = synthesis.object("Deployment", name);
  return scaler === undefined ? spec.replicas : scaler.spec.minReplicas;
}

function workers(synthesis: Synthesis<unknown>): string[] {
  return synthesis.names("Deployment").filter((name) => name.startsWith("philotes-worker-"));
}

describe("API replicas", () => {
  it.each([
    ["dev", 1],
    ["staging", 2],
    ["prod", 3],
  ] as const)("%s: %d", (environment, expected) => {
    expect(replicas(stacks[environment], "philotes-api")).toBe(expected);
  });
});

// A replication slot serves one reader: a second replica would wait for ever. Two workers are two
// shards of the source, each a Deployment of one replica with a slot and tables of its own.
describe("worker replicas, as shards", () => {
  it.each([
    ["dev", 1],
    ["staging", 1],
    ["prod", 2],
  ] as const)("%s: %d", (environment, expected) => {
    expect(workers(stacks[environment])).toHaveLength(expected);
  });

  it.each(["PHILOTES_CDC_REPLICATION_SLOT", "PHILOTES_CDC_TABLES", "PHILOTES_DB_NAME"])(
    "in prod, each has another %s",
    (variable) => {
      const values = workers(stacks.prod).map(
        (name) => envOf(stacks.prod, `Deployment/${name}`)[variable],
      );
      expect(new Set(values).size).toBe(2);
    },
  );
});

describe("HPA enabled", () => {
  it.each([
    ["dev", "no", []],
    ["staging", "yes", ["philotes-api"]],
    ["prod", "yes", ["philotes-api"]],
  ] as const)("%s: %s", (environment, _, expected) => {
    expect(stacks[environment].names("HorizontalPodAutoscaler")).toEqual(expected);
  });
});

// From one to one: each of prod's two readers has a ScaledObject, and none ever gets a second replica.
describe("KEDA enabled", () => {
  it.each([
    ["dev", "no", []],
    ["staging", "no", []],
    ["prod", "yes", ["philotes-worker-customers", "philotes-worker-orders"]],
  ] as const)("%s: %s", (environment, _, expected) => {
    expect(stacks[environment].names("ScaledObject")).toEqual(expected);
  });
});

// The document has none in dev. They are on everywhere here: a way that is missing shows up in dev, and
// not only in staging.
describe("NetworkPolicy", () => {
  it.each([["dev"], ["staging"], ["prod"]] as const)("%s: yes", (environment) => {
    expect(stacks[environment].names("NetworkPolicy")).toEqual(
      expect.arrayContaining(["default-deny", "philotes-api-to-philotes-postgresql"]),
    );
  });
});

describe("resource limits", () => {
  const limits = {
    api: { dev: ["200m", "256Mi"], staging: ["500m", "512Mi"], prod: ["1", "1Gi"] },
    worker: { dev: ["500m", "512Mi"], staging: ["1", "1Gi"], prod: ["2", "2Gi"] },
    lakekeeper: { dev: ["200m", "256Mi"], staging: ["500m", "512Mi"], prod: ["1", "1Gi"] },
  } as const;

  function limitsOf(environment: Environment, part: string): readonly (string | undefined)[] {
    const synthesis = stacks[environment];
    const name = part === "worker" ? workers(synthesis)[0] : `philotes-${part}`;
    const { spec } = synthesis.object("Deployment", name ?? "").spec.template;
    const { cpu, memory } = (spec.containers[0]?.resources.limits ?? {}) as Record<string, string>;
    return [cpu, memory];
  }

  it.each(
    environments.flatMap((environment) =>
      (["api", "worker", "lakekeeper"] as const).map((part) => [environment, part] as const),
    ),
  )("%s: those of the sources for %s", (environment, part) => {
    expect(limitsOf(environment, part)).toEqual(limits[part][environment]);
  });

  it.each(["api", "worker", "lakekeeper"] as const)("low, medium, high: %s", (part) => {
    const sizes = environments.map((environment) => {
      const [cpu = "", memory = ""] = limitsOf(environment, part);
      return [parseCpu(cpu) ?? 0, parseBytes(memory) ?? 0] as const;
    });
    expect(sizes).toEqual([...sizes].sort(([a, b], [c, d]) => a - c || b - d));
  });
});

describe("ingress TLS", () => {
  it.each([
    ["dev", "no", undefined],
    ["staging", "yes", "letsencrypt-staging"],
    ["prod", "yes", "letsencrypt-prod"],
  ] as const)("%s: %s", (environment, _, issuer) => {
    const [ingress] = stacks[environment].objects("Ingress");
    expect([
      ingress?.spec.tls[0]?.secretName,
      ingress?.metadata.annotations["cert-manager.io/cluster-issuer"],
    ]).toEqual(issuer === undefined ? [undefined, undefined] : ["philotes-api-tls", issuer]);
  });
});

// Rows that the document has elsewhere, or leaves to the values files.
describe("Lakekeeper replicas", () => {
  it.each([
    ["dev", 1],
    ["staging", 1],
    ["prod", 2],
  ] as const)("%s: %d", (environment, expected) => {
    expect(replicas(stacks[environment], "philotes-lakekeeper")).toBe(expected);
  });
});

describe("stores", () => {
  it.each([
    ["dev", "here", ["philotes-minio", "philotes-postgresql"]],
    ["staging", "here", ["philotes-minio", "philotes-postgresql"]],
    ["prod", "managed elsewhere", []],
  ] as const)("%s: %s", (environment, _, expected) => {
    expect(stacks[environment].names("StatefulSet")).toEqual(expected);
  });

  it.each([
    ["dev", "philotes"],
    ["staging", "philotes-staging"],
    ["prod", "philotes-production"],
  ] as const)("%s: bucket %s", (environment, bucket) => {
    expect(envOf(stacks[environment], "Deployment/philotes-api").PHILOTES_STORAGE_BUCKET).toBe(
      bucket,
    );
  });
});

describe("namespace", () => {
  it.each([
    ["dev", "philotes"],
    ["staging", "philotes-staging"],
    ["prod", "philotes"],
  ] as const)("%s: %s", (environment, namespace) => {
    expect(stacks[environment].names("Namespace")).toEqual([namespace]);
  });
});
