/** Proves which Cerebros runs and who is told of it; that a study ends, only a real cluster shows. */
import type { Thunderline } from "../../../../components/systems/thunderline";
import { envOf } from "../../../support/pods";
import { settingsOf } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";
import { thunderlineOf } from "../../../support/thunderline";

const { image, runAsUser, resources, deadlineSeconds, experiment } = settingsOf("dev").thunderline
  .cerebros as Record<string, unknown>;
const study = { image, runAsUser, resources, deadlineSeconds, experiment };

/** The objects that Cerebros is made of. */
function parts(synthesis: Synthesis<unknown>): string[] {
  return [
    ...synthesis.names("Deployment"),
    ...synthesis.names("CronJob"),
    ...synthesis.names("Job"),
  ].filter((name) => name.startsWith("cerebros"));
}

describe("Cerebros by the clock", () => {
  let synthesis: Synthesis<Thunderline>;
  beforeAll(async () => {
    synthesis = await thunderlineOf("prod");
  });

  it("is a CronJob, not a Deployment that restarts for ever", () => {
    expect([synthesis.names("Deployment"), parts(synthesis)]).toEqual([
      expect.not.arrayContaining(["cerebros"]),
      ["cerebros"],
    ]);
  });

  it("is suspended until somebody wants it", () => {
    expect(synthesis.object("CronJob", "cerebros").spec.suspend).toBe(true);
  });

  it("ends by a deadline, and tries once more at most", () => {
    expect(synthesis.object("CronJob", "cerebros").spec.jobTemplate.spec).toMatchObject({
      activeDeadlineSeconds: 14400,
      backoffLimit: 1,
    });
  });

  it("has the resources of document 000", () => {
    const { template } = synthesis.object("CronJob", "cerebros").spec.jobTemplate.spec;
    expect(template.spec.containers[0]?.resources).toEqual({
      requests: { cpu: "1000m", memory: "2Gi" },
      limits: { cpu: "2000m", memory: "4Gi" },
    });
  });

  it("records its study in MLflow", () => {
    expect(envOf(synthesis, "CronJob/cerebros")).toMatchObject({
      MLFLOW_EXPERIMENT_NAME: "thunderline-consolidated",
      MLFLOW_TRACKING_URI: "http://mlflow.thunderline.svc.cluster.local:5000",
    });
  });

  it("may reach MLflow", () => {
    expect(synthesis.names("NetworkPolicy")).toEqual(
      expect.arrayContaining(["cerebros-to-mlflow", "mlflow-from-cerebros"]),
    );
  });

  it("serves nobody", () => {
    expect(synthesis.names("Service")).not.toContain("cerebros");
  });

  it.each(["web", "worker"])("is no service, and %s is told so", (name) => {
    expect(envOf(synthesis, `Deployment/${name}`)).toMatchObject({ CEREBROS_ENABLED: "false" });
  });

  it.each(["web", "worker"])("answers no calls, so %s is told of no address", (name) => {
    expect(Object.keys(envOf(synthesis, `Deployment/${name}`))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^CEREBROS_.*URL$/)]),
    );
  });
});

describe("Cerebros once", () => {
  let synthesis: Synthesis<Thunderline>;
  beforeAll(async () => {
    synthesis = await thunderlineOf("dev", { cerebros: { type: "job", ...study } });
  });

  it("is a Job", () => {
    expect(parts(synthesis)).toEqual([expect.stringMatching(/^cerebros-[0-9a-f]{10}$/)]);
  });

  it("ends by a deadline, and tries once more at most", () => {
    const [job] = synthesis
      .objects("Job")
      .filter(({ metadata }) => metadata.name.startsWith("cereb"));
    expect(job?.spec).toMatchObject({ activeDeadlineSeconds: 14400, backoffLimit: 1 });
  });
});

describe("Cerebros elsewhere", () => {
  const url = "http://cerebros.example.com:8088";
  let synthesis: Synthesis<Thunderline>;
  beforeAll(async () => {
    synthesis = await thunderlineOf(
      "dev",
      { cerebros: { type: "external", url } },
      { externalCidrs: { "cerebros.example.com": ["10.8.0.0/24"] } },
    );
  });

  it("runs nothing here", () => {
    expect(parts(synthesis)).toEqual([]);
  });

  it.each(["web", "worker"])("is a service that %s is told of", (name) => {
    expect(envOf(synthesis, `Deployment/${name}`)).toMatchObject({
      CEREBROS_ENABLED: "true",
      CEREBROS_MODE: "remote",
      CEREBROS_REMOTE_URL: url,
      CEREBROS_URL: url,
    });
  });

  it.each(["web", "worker"])("may be reached by %s", (name) => {
    const { spec } = synthesis.object("NetworkPolicy", `${name}-to-cerebros`);
    expect(spec.egress).toEqual([
      { to: [{ ipBlock: { cidr: "10.8.0.0/24" } }], ports: [{ protocol: "TCP", port: 8088 }] },
    ]);
  });

  it.each([
    ["https://cerebros.example.com/api", 443],
    ["http://cerebros.example.com", 80],
  ])("is reached at the usual port of %s", async (address, port) => {
    const other = await thunderlineOf(
      "dev",
      { cerebros: { type: "external", url: address } },
      { externalCidrs: { "cerebros.example.com": ["10.8.0.0/24"] } },
    );
    const [rule] = other.object("NetworkPolicy", "web-to-cerebros").spec.egress;
    expect(rule?.ports[0]?.port).toBe(port);
  });
});

describe("no Cerebros", () => {
  let synthesis: Synthesis<Thunderline>;
  beforeAll(async () => {
    synthesis = await thunderlineOf("dev", { cerebros: { type: "off" } });
  });

  it("runs nothing", () => {
    expect(parts(synthesis)).toEqual([]);
  });

  it.each(["web", "worker"])("is what %s is told", (name) => {
    expect(envOf(synthesis, `Deployment/${name}`)).toMatchObject({ CEREBROS_ENABLED: "false" });
  });
});
