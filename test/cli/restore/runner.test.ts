/** What is told of a Job that has ended. */
import type { CronJob } from "../../../cli/restore/objects";
import { ClusterRunner, type Outcome } from "../../../cli/restore/runner";
import type { Progress } from "../../../cli/toolchain/progress";
import { JobServer } from "./job-server";

const template = { spec: { containers: [{ name: "db-backup" }] } };
const backup: CronJob = {
  kind: "CronJob",
  metadata: {
    name: "db-backup",
    namespace: "acme",
    annotations: { "backup.platform/store": "db" },
  },
  spec: { schedule: "0 2 * * *", jobTemplate: { spec: { template } } },
};

let server: JobServer;
let said: string[];
const progress: Progress = {
  step: () => ({
    update: () => undefined,
    say: (line) => said.push(line),
    end: () => undefined,
  }),
};
beforeEach(() => {
  server = new JobServer();
  said = [];
});

const runner = (): ClusterRunner =>
  new ClusterRunner({
    ...{ kubectl: server.kubectl, backup, progress, namespaces: ["acme"] },
    ...{ run: "0123456789", deadlineSeconds: 600, sharedClaims: [] },
  });

/** Restores as the command does; the Job ends once it has begun. */
async function restored(): Promise<Outcome> {
  const claim = await runner().claim({ AT: "20261121T020000Z", OVERWRITE: "" });
  server.log = "RESTORED\n";
  const job = server.jobs.get("db-restore")!;
  const conditions = [{ type: "Complete", status: "True" }];
  server.jobs.set("db-restore", { ...job, status: { conditions } });
  return claim.begin();
}

describe("a restore that is done", () => {
  it("leaves no Job", async () => {
    expect(await restored()).toMatchObject({ exitCode: 0, log: "RESTORED\n" });
    expect([...server.jobs.keys()]).toEqual([]);
  });

  it("is told of though its Job cannot be removed, which is a warning", async () => {
    server.failures.push({ verb: "delete", taken: false });
    expect(await restored()).toMatchObject({ exitCode: 0, log: "RESTORED\n" });
    expect(said).toContainEqual(expect.stringContaining("warning: Job acme/db-restore is left"));
  });
});

it("is never told of by another Job that has got its name", async () => {
  const claim = await runner().claim({});
  const job = server.jobs.get("db-restore")!;
  server.before.set("get", () => server.add(job));
  await expect(claim.begin()).rejects.toThrow("What has become of Job db-restore is not known");
});
