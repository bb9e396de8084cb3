/** Proves which alerts a namespace gets by what is in it; when they fire, the tests of data show. */
import type { Inventory } from "../../../components/inventory";
import type { Alert } from "../../../components/observability/alert";
import { namespaceAlerts } from "../../../components/observability/namespace-alerts";
import { testScope } from "../../support/scope";

/** The alerts of a namespace in which these parts have noted themselves. */
function alerts(note: (inventory: Inventory) => void, certManager = true): readonly Alert[] {
  const scope = testScope({ cluster: { capabilities: { certManager } } });
  note(scope.inventory);
  return namespaceAlerts(scope);
}

function names(...args: Parameters<typeof alerts>): string[] {
  return alerts(...args).map(({ name }) => name);
}

function whenDown(target: Inventory["targets"][number]): string | undefined {
  const [down] = alerts((inventory) => {
    inventory.servers.push(web);
    inventory.targets.push(target);
  }).filter(({ name }) => name === "TargetDown");
  return down?.expr;
}

const ofServers = [
  "ContainerRestarts",
  "ContainerCrashLooping",
  "ContainerOomKilled",
  "CpuNearLimit",
  "MemoryNearLimit",
  "WorkloadUnavailable",
];
const web = { name: "web", kind: "Deployment", running: true } as const;
const daily = { name: "web-report", schedule: "0 2 * * *", suspended: false };

it("an empty namespace has none", () => {
  expect(names(() => undefined)).toEqual([]);
});

it("a server has those on its containers and its pods", () => {
  expect(names(({ servers }) => servers.push(web))).toEqual(ofServers);
});

it("a server that is stopped has none", () => {
  expect(names(({ servers }) => servers.push({ ...web, running: false }))).toEqual([]);
});

it("only servers are held to their limits: a migration may use all that it has", () => {
  const [cpu] = alerts((inventory) => {
    inventory.servers.push(web);
    inventory.jobs.push("web-migration");
  }).filter(({ name }) => name === "CpuNearLimit");
  expect(cpu?.expr).toContain('container=~"web"');
});

it("what Prometheus reads has one for when it cannot, or does not know of it", () => {
  expect(whenDown({ job: "web", mayRest: false })).toBe(
    'up{namespace="acme",job=~"web"} == 0 or absent(up{namespace="acme",job="web"})',
  );
});

it("what may have no pod for want of work need not be known to Prometheus", () => {
  expect(whenDown({ job: "web", mayRest: true })).toBe('up{namespace="acme",job=~"web"} == 0');
});

it.each([
  ["has one at its maximum", 2, 4, true],
  ["has none where its bounds are the same", 2, 2, false],
  ["has none where it starts one pod when there is work", 0, 1, false],
])("an autoscaler %s", (_what, minReplicas, maxReplicas, expected) => {
  const found = names((inventory) => {
    inventory.servers.push(web);
    inventory.autoscalers.push({ name: "web", minReplicas, maxReplicas });
  });
  expect(found.includes("AutoscalerAtMaximum")).toBe(expected);
});

it("a job that runs once has one for its failure", () => {
  expect(names(({ jobs }) => jobs.push("web-migration"))).toEqual(["JobFailed"]);
});

it("the failure of a job that runs once is told by its name and the hash of its content", () => {
  const [failed] = alerts(({ jobs }) => jobs.push("web-setup", "web.migration"));
  expect(failed?.expr).toContain('job_name=~"(web-setup|web\\\\.migration)-[0-9a-f]{10}"');
});

it("a job by the clock has those on its last run and its next one", () => {
  expect(names(({ schedules }) => schedules.push(daily))).toEqual([
    "ScheduledJobFailed",
    "ScheduledJobMissing",
  ]);
});

it("a job by the clock that the settings suspend has none", () => {
  const suspended = { ...daily, suspended: true, backupOf: "web" };
  expect(names(({ schedules }) => schedules.push(suspended))).toEqual([]);
});

describe("a backup", () => {
  const backup = (name: string, schedule: string) => ({
    ...daily,
    name,
    schedule,
    backupOf: name,
  });
  const ages = (...schedules: readonly string[]): string[] =>
    alerts((inventory) => {
      schedules.forEach((schedule, index) => {
        inventory.schedules.push(backup(`store-${String(index)}`, schedule));
      });
    })
      .filter(({ name }) => name === "BackupTooOld")
      .map(({ expr }) => expr.split(" > ").at(-1) ?? "");

  it("is too old a quarter of its interval after the next one was due", () => {
    expect(ages("0 2 * * *")).toEqual([String(30 * 3600)]);
  });

  it("has two hours at least", () => {
    expect(ages("0 * * * *")).toEqual([String(3 * 3600)]);
  });

  it("shares an alert with those of the same interval", () => {
    expect(ages("0 2 * * *", "30 3 * * *", "0 2 * * 0")).toHaveLength(2);
  });

  it("that never comes has no age", () => {
    expect(ages("0 0 31 2 *")).toEqual([]);
  });
});

it("a claim that is mounted has those on its room", () => {
  expect(names(({ claims }) => claims.push("web-data"))).toEqual(["ClaimNearlyFull", "ClaimFull"]);
});

it.each([
  ["has those on its end", true, ["CertificateNearExpiry", "CertificateNotReady"]],
  ["has none where nobody keeps it", false, []],
])("a certificate %s", (_what, certManager, expected) => {
  expect(names(({ certificates }) => certificates.push("web-tls"), certManager)).toEqual(expected);
});

it("each says what is wrong, what that means, and where the mend is", () => {
  const all = alerts((inventory) => {
    inventory.servers.push(web);
    inventory.targets.push({ job: "web", mayRest: false });
    inventory.autoscalers.push({ name: "web", minReplicas: 1, maxReplicas: 2 });
    inventory.jobs.push("web-migration");
    inventory.schedules.push({ ...daily, backupOf: "web" });
    inventory.claims.push("web-data");
    inventory.certificates.push("web-tls");
  });
  for (const { summary, description, for: time } of all) {
    expect(summary.length).toBeGreaterThan(10);
    expect(description.length).toBeGreaterThan(10);
    expect(time).toMatch(/^\d+[mh]$/);
  }
});
