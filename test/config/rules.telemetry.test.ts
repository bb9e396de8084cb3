/** The rules between the parts of the telemetry stack, and the demand that its quotas must hold. */
import { formatBytes, formatCpu } from "../../config/quantity";
import { telemetryDemand } from "../../config/systems/telemetry-demand";
import { faultsOf, given, type Said, saidBy, settingsBy } from "./support";

const at = "platform:telemetry";

function faults(changes: Said): string[] {
  const said = Object.entries(changes).map(([path, value]) => [`telemetry.${path}`, value]);
  return faultsOf(saidBy("dev", Object.fromEntries(said) as Said), given);
}

const comparison = { from: "2026-03-01", to: "2026-03-08", passed: true, record: "record.json" };

/** A cut-over a week after the new stack was complete. */
const cutover: Said = {
  phase: "cutover",
  parallelSince: "2026-03-01",
  cutoverOn: "2026-03-08",
  comparison,
};

describe("the demand of dev", () => {
  const demand = telemetryDemand(settingsBy("dev").telemetry);

  // Requests: bridge 50m and its topics 100m; TimescaleDB 50m, its sink 100m, and set-up, migration and
  // reader's role 50m each; the other database and its sink 50m each, set-up and migration 50m each.
  it.each([
    ["bridge", { pods: 2, requestsCpu: "150m", requestsMemory: "320Mi", storage: "0" }],
    ["timescaledb", { pods: 5, requestsCpu: "300m", requestsMemory: "448Mi", storage: "5Gi" }],
    ["heatpumpSettings", { pods: 4, requestsCpu: "200m", requestsMemory: "256Mi", storage: "2Gi" }],
  ] as const)("is the sum of the workloads of one namespace: %s", (namespace, sum) => {
    const { pods, requestsCpu, requestsMemory, storage } = demand[namespace];
    expect({
      pods,
      requestsCpu: formatCpu(requestsCpu),
      requestsMemory: formatBytes(requestsMemory),
      storage: formatBytes(storage),
    }).toEqual(sum);
  });
});

describe("a quota", () => {
  it("that is too small for one of the namespaces is refused", () => {
    expect(faults({ "quota.pods": 4 })).toEqual([
      `${at}.quota.pods: got 4, expected at least 5, the sum of the workloads with one roll-out under way`,
    ]);
  });
});

describe("the namespaces", () => {
  it("are three, so that databases and bridge cannot reach each other by accident", () => {
    expect(faults({ "namespaces.heatpumpSettings": "timescaledb" })).toEqual([
      `${at}.namespaces.heatpumpSettings: got "timescaledb", expected a namespace of its own`,
    ]);
  });

  it("are none of the old stack", () => {
    expect(faults({ legacy: { namespace: "timescaledb", deployments: [] } })).toEqual([
      `${at}.legacy.namespace: got "timescaledb", expected another namespace than those of the new stack`,
    ]);
  });
});

describe("the brokers", () => {
  it("are never reached without a login", () => {
    expect(faults({ "mqtt.credentials": undefined })).toEqual([
      `${at}.mqtt.credentials: nothing is set, expected user and password, because the broker refuses whoever has none; or set ${at}.enabled to false`,
    ]);
  });

  it.each(["user", "password"])("have a login with a %s", (key) => {
    expect(faults({ [`mqtt.credentials.${key}`]: undefined })).toEqual([
      expect.stringContaining(`${at}.mqtt.credentials.${key}: nothing is set`),
    ]);
  });

  it.each(["mqtt", "kafka"])("have addresses that network policies can name: %s", (broker) => {
    expect(faults({ [`${broker}.host`]: "broker.example.com" })).toEqual([
      expect.stringContaining(
        `${at}.${broker}.host: got "broker.example.com", expected a host whose addresses are known`,
      ),
    ]);
  });
});

describe("a database", () => {
  const external = { host: "db.data.svc", password: { from: "setting", key: "mqttPassword" } };

  it.each(["timescaledb", "heatpumpSettings"])("is this program's own: %s", (part) => {
    const changes = {
      [`${part}.postgres.mode`]: "external",
      [`${part}.postgres.external`]: external,
    };
    expect(faults(changes)).toEqual([
      `${at}.${part}.postgres.mode: got "external", expected bundled: backups, roles and the extension are this program's`,
    ]);
  });
});

describe("a cut-over", () => {
  it("is taken after seven days and a comparison that passed", () => {
    expect(faults(cutover)).toEqual([]);
  });

  it("is refused after six days", () => {
    expect(faults({ ...cutover, cutoverOn: "2026-03-07" })).toEqual([
      `${at}.cutoverOn: got "2026-03-07", expected a day at least 7 after parallelSince, 2026-03-01; these are 6; or say why in ${at}.overrides.parallelPeriod`,
    ]);
  });

  it("is refused on a day before the stack was there", () => {
    expect(faults({ ...cutover, cutoverOn: "2026-02-28" })).toEqual([
      expect.stringContaining("these are -1"),
    ]);
  });

  it("counts days over a change of the clocks", () => {
    const changes = { parallelSince: "2026-03-25", cutoverOn: "2026-04-01" };
    expect(faults({ ...cutover, ...changes })).toEqual([]);
  });

  it("may come earlier where somebody says why", () => {
    const overrides = { parallelPeriod: "The old broker is broken." };
    expect(faults({ ...cutover, cutoverOn: "2026-03-02", overrides })).toEqual([]);
  });

  it.each(["parallelPeriod", "comparison"])("has a reason in words: %s", (rule) => {
    expect(faults({ ...cutover, [`overrides.${rule}`]: "because" })).toEqual([
      `${at}.overrides.${rule}: got "because", expected why, in a sentence of at least ten characters`,
    ]);
  });

  it.each(["parallelSince", "cutoverOn"])("says its date: %s", (key) => {
    expect(faults({ ...cutover, [key]: undefined })).toEqual([
      `${at}.${key}: nothing is set, expected a date such as 2026-03-01, because phase is cutover`,
    ]);
  });

  it.each(["2026-02-30", "1 March 2026", "2026-3-1"])("has dates of the calendar: %s", (date) => {
    expect(faults({ ...cutover, parallelSince: date })).toEqual([
      `${at}.parallelSince: got "${date}", expected a date such as 2026-03-01`,
    ]);
  });

  it("is refused without a comparison", () => {
    expect(faults({ ...cutover, comparison: undefined })).toEqual([
      `${at}.comparison: nothing is set, expected a comparison that passed, because phase is cutover; run npm run compare, or say why not in ${at}.overrides.comparison`,
    ]);
  });

  it("is refused after a comparison that failed", () => {
    expect(faults({ ...cutover, comparison: { ...comparison, passed: false } })).toEqual([
      expect.stringContaining(`${at}.comparison: got`),
    ]);
  });

  it("may do without a comparison where somebody says why", () => {
    const overrides = { comparison: "The old database is lost." };
    expect(faults({ ...cutover, comparison: undefined, overrides })).toEqual([]);
  });
});

describe("a stack that runs in parallel", () => {
  it("needs no dates and no comparison", () => {
    const changes = { parallelSince: undefined, cutoverOn: undefined, comparison: undefined };
    expect(faults({ phase: "parallel", ...changes })).toEqual([]);
  });

  it("may have been cut over before, whatever its dates say", () => {
    expect(faults({ ...cutover, phase: "parallel", cutoverOn: "2026-03-02" })).toEqual([]);
  });
});

describe("a stack that is off", () => {
  it("needs no login", () => {
    expect(faults({ enabled: false, "mqtt.credentials": undefined })).toEqual([]);
  });

  it("is not asked about its cut-over", () => {
    expect(faults({ enabled: false, phase: "cutover" })).toEqual([]);
  });
});
