/** What people are shown before and after. */
import { backupOf, backupsAmong } from "../../../cli/restore/backups";
import type { CronJob, Workload } from "../../../cli/restore/objects";
import {
  backupsTable,
  leftText,
  planText,
  resultText,
  size,
  storesTable,
} from "../../../cli/restore/report";
import { faultOf } from "./faults";

const template = { spec: { containers: [] } };
const cronJob = (name: string, over: Partial<CronJob> = {}): CronJob => ({
  kind: "CronJob",
  metadata: {
    name: `${name}-backup`,
    namespace: "acme",
    annotations: { "backup.platform/store": name },
  },
  spec: { schedule: "0 2 * * *", timeZone: "Etc/UTC", jobTemplate: { spec: { template } } },
  ...over,
});
const web: Workload = {
  kind: "Deployment",
  metadata: { name: "web", namespace: "acme" },
  spec: { replicas: 2, template },
};
const at = "20261121T020000Z";
const backups = [
  { store: "db", at: "20261120T020000Z", bytes: 1, rows: 1 },
  { store: "db", at, bytes: 3 * 1024 ** 2, rows: 12 },
];

it("shows which stores are backed up, when, and since when not", () => {
  const db = cronJob("db", { status: { lastSuccessfulTime: "2026-11-21T02:00:09Z" } });
  const files = cronJob("files");
  const paused = { ...files, spec: { ...files.spec, suspend: true } };
  expect(storesTable("thunderline", [db, paused]).split("\n")).toEqual([
    "store  namespace  schedule                       last success",
    "db     acme       0 2 * * * Etc/UTC              2026-11-21T02:00:09Z",
    "files  acme       0 2 * * * Etc/UTC (suspended)  never",
  ]);
  expect(storesTable("thunderline", [])).toBe("No store of thunderline is backed up.");
});

it("finds the backup of a store, and names the others where there is none", () => {
  const found = backupsAmong([
    cronJob("redis"),
    cronJob("db"),
    { ...cronJob("x"), metadata: web.metadata },
  ]);
  expect(backupOf("faultmaven", "db", found).metadata.name).toBe("db-backup");
  expect(faultOf(() => backupOf("faultmaven", "nope", found))).toMatchObject({
    hint: "Those that are: db, redis.",
  });
});

const plan = {
  stack: "prod",
  context: "my-cluster",
  backup: cronJob("db"),
  backups,
  chosen: backups[1]!,
  overwrite: true,
  hasData: true,
  writers: {
    stopped: [web, cronJob("db")],
    strangers: ["namespace grafana", "namespace grafana"],
  },
};

describe("the plan", () => {
  it("says what is restored where, what is lost, and who stands still", () => {
    expect(planText(plan).split("\n").slice(4)).toEqual([
      "Restores acme/db of stack prod (context my-cluster)",
      `from ${at}, the newest of 2: 3.0 MiB, 12 rows.`,
      "All that is in the store now is replaced by it: what was written since is lost.",
      "Stopped meanwhile:",
      "  Deployment acme/web, 2 replicas",
      "  CronJob acme/db-backup",
      "Not stopped, though they may reach the store: namespace grafana.",
    ]);
  });

  it("says when it is not the newest one, and when the store has to be empty", () => {
    const text = planText({ ...plan, chosen: backups[0]!, overwrite: false });
    expect(text).toContain("not the newest of 2");
    expect(text).toContain("The store has to be empty.");
  });
});

it("does not promise that a store is empty that has not said so", () => {
  const text = planText({ ...plan, overwrite: false, hasData: undefined });
  expect(text).toContain("whether it is, is not known yet");
});

it("names what is stopped still", () => {
  expect(leftText([web]).split("\n")).toContain("  Deployment acme/web");
  expect(leftText([])).toBe("");
});

it("tells rows and times of what is done", () => {
  const rows = [{ name: "app.users", expected: 3, found: 3 }];
  const result = {
    restored: { store: "db", at, rows: 3 },
    rows,
    seconds: 2.04,
    stoppedSeconds: 61,
  };
  expect(resultText(result).split("\n")).toEqual([
    "rows of    backup  store",
    "app.users  3       3",
    "",
    `db is restored from ${at}: 3 rows, in 2.0 s. Its writers stood still for 61.0 s.`,
  ]);
});

it("says in words that there is no backup", () => {
  expect(backupsTable("db", [])).toBe("There is no complete backup of db.");
});

it.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [5 * 1024 ** 5, "5120.0 TiB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(size(bytes)).toBe(text);
});
