/** The rules between the parts of Thunderline, and the demand that its quota must hold. */
import { total } from "../../config/demand";
import { formatBytes, formatCpu } from "../../config/quantity";
import { thunderlineDemand } from "../../config/systems/thunderline-demand";
import { faultsOf, type Said, saidBy, settingsBy } from "./support";

function demandOf(changes: Said): ReturnType<typeof total> {
  return thunderlineDemand(settingsBy("dev", changes).thunderline);
}

describe("the demand of dev", () => {
  // Requests: web and worker 2 × 500m each with their surge, migration 100m, mlflow 250m, collector
  // 2 × 100m, livebook 250m, cerebros 1, postgres 250m and its set-up 50m, minio 100m and its set-up 50m.
  it("is the sum of its workloads with one roll-out under way", () => {
    const demand = demandOf({});
    expect({
      pods: demand.pods,
      requestsCpu: formatCpu(demand.requestsCpu),
      requestsMemory: formatBytes(demand.requestsMemory),
      limitsCpu: formatCpu(demand.limitsCpu),
      limitsMemory: formatBytes(demand.limitsMemory),
      storage: formatBytes(demand.storage),
    }).toEqual({
      pods: 14,
      requestsCpu: "4250m",
      requestsMemory: "6528Mi",
      limitsCpu: "12",
      limitsMemory: "15Gi",
      storage: "45Gi",
    });
  });

  it.each([
    ["one replica more", { "thunderline.web.scaling.replicas": 2 }, 1],
    [
      "an autoscaler's highest number",
      {
        "thunderline.web.scaling": { type: "hpa", minReplicas: 1, maxReplicas: 6, cpuPercent: 70 },
      },
      5,
    ],
    ["no worker and no surge of it", { "thunderline.worker.enabled": false }, -2],
    ["no collector and no surge of it", { "thunderline.collector.enabled": false }, -2],
    ["no livebook", { "thunderline.livebook.enabled": false }, -1],
    ["a job for a schedule", { "thunderline.cerebros.type": "job" }, 0],
    ["no cerebros", { "thunderline.cerebros": { type: "off" } }, -1],
  ])("changes by %s", (_what, changes, pods) => {
    expect(demandOf(changes).pods - demandOf({}).pods).toBe(pods);
  });

  it.each([
    ["livebook is switched off", { "thunderline.livebook.enabled": false }],
    ["cerebros is off", { "thunderline.cerebros": { type: "off" } }],
  ])("keeps its storage while %s", (_what, changes) => {
    expect(demandOf(changes).storage).toBe(demandOf({}).storage);
  });
});

describe("a quota", () => {
  it.each([
    ["requestsCpu", "4249m", "4250m"],
    ["requestsMemory", "6527Mi", "6528Mi"],
    ["limitsCpu", "11", "12"],
    ["limitsMemory", "14Gi", "15Gi"],
    ["storage", "44Gi", "45Gi"],
    ["pods", 13, "14"],
  ])("of %s that is too small for one roll-out is refused", (name, value, needed) => {
    expect(faultsOf(saidBy("dev", { [`thunderline.quota.${name}`]: value }))).toEqual([
      `platform:thunderline.quota.${name}: got ${JSON.stringify(value)}, expected at least ${needed}, the sum of the workloads with one roll-out under way`,
    ]);
  });

  it.each([
    ["requestsCpu", "4250m"],
    ["requestsMemory", "6528Mi"],
    ["limitsCpu", 12],
    ["limitsMemory", "15Gi"],
    ["storage", "45Gi"],
    ["pods", 14],
  ])("of %s that just holds the workloads is taken", (name, value) => {
    expect(faultsOf(saidBy("dev", { [`thunderline.quota.${name}`]: value }))).toEqual([]);
  });
});

const tls = { from: "secret", secretName: "tls" };

describe("livebook", () => {
  it("is not reached without TLS", () => {
    const ingress = { enabled: true, host: "livebook.example.com" };
    expect(faultsOf(saidBy("dev", { "thunderline.livebook.ingress": ingress }))).toEqual([
      "platform:thunderline.livebook.ingress.tls: nothing is set, expected an issuer or a secret: whoever reads Livebook's password on the way runs code in the cluster",
    ]);
  });

  it("does not share its host with web", () => {
    const ingress = { enabled: true, host: "a.example.com", tls };
    const changes = { "thunderline.web.ingress": ingress, "thunderline.livebook.ingress": ingress };
    expect(faultsOf(saidBy("dev", changes))).toEqual([
      'platform:thunderline.livebook.ingress.host: got "a.example.com", expected another host than that of web',
    ]);
  });

  it("does not share a host with web where neither has one", () => {
    const changes = {
      "thunderline.web.ingress": { enabled: true },
      "thunderline.livebook.ingress": { enabled: true, tls },
    };
    expect(faultsOf(saidBy("dev", changes)).join()).not.toContain("another host");
  });

  it("may share its host with web while it is switched off", () => {
    const ingress = { enabled: true, host: "a.example.com", tls };
    const changes = {
      "thunderline.web.ingress": ingress,
      "thunderline.livebook.ingress": ingress,
      "thunderline.livebook.enabled": false,
    };
    expect(faultsOf(saidBy("dev", changes))).toEqual([]);
  });
});

describe("the public host of web", () => {
  it("is said once", () => {
    expect(faultsOf(saidBy("prod", { "thunderline.web.host": "b.example.com" }))).toEqual([
      'platform:thunderline.web.host: got "b.example.com", expected nothing, because web.ingress.host says it',
    ]);
  });

  it("may be said where there is no ingress", () => {
    expect(faultsOf(saidBy("dev", { "thunderline.web.host": "b.example.com" }))).toEqual([]);
  });
});

describe("an external service", () => {
  const cases: [string, string, unknown, string][] = [
    [
      "cerebros",
      "thunderline.cerebros",
      { type: "external", url: "https://out.example.com:8088/api" },
      "url",
    ],
    [
      "the collector's target",
      "thunderline.collector.exporter",
      { type: "otlp", host: "out.example.com" },
      "host",
    ],
  ];

  it.each(cases)("has addresses that network policies can name: %s", (_what, path, value, key) => {
    expect(faultsOf(saidBy("dev", { [path]: value }))).toEqual([
      `platform:${path}.${key}: got "${(value as Record<string, string>)[key] ?? ""}", expected a host whose addresses are known; set them with: pulumi config set --path 'platform:cluster.externalCidrs["out.example.com"][0]' 10.0.0.0/24`,
    ]);
  });

  it.each(cases)("is taken with its addresses: %s", (_what, path, value) => {
    const addresses = { 'cluster.externalCidrs["out.example.com"]': ["10.0.0.0/24"] };
    const changes = { ...addresses, [path]: value };
    expect(faultsOf(saidBy("dev", changes))).toEqual([]);
  });

  const openai = {
    "thunderline.secrets.openaiApiKey": { from: "existing", secretName: "a", key: "b" },
  };

  it("has addresses that network policies can name: the model provider, once there is a key", () => {
    const changes = { ...openai, "cluster.externalCidrs": {} };
    expect(faultsOf(saidBy("dev", changes))).toContainEqual(
      expect.stringMatching(
        /^platform:thunderline\.secrets\.openaiApiKey: .* expected .*api\.openai\.com.*addresses/,
      ),
    );
  });

  it("is taken with its addresses: the model provider", () => {
    const addresses = { 'cluster.externalCidrs["api.openai.com"]': ["10.0.0.0/24"] };
    const changes = { ...openai, ...addresses };
    expect(faultsOf(saidBy("dev", changes))).toEqual([]);
  });

  it("needs no addresses while its collector is switched off", () => {
    const changes = {
      "thunderline.collector.enabled": false,
      "thunderline.collector.exporter": { type: "otlp", host: "out.example.com" },
    };
    expect(faultsOf(saidBy("dev", changes))).toEqual([]);
  });
});
