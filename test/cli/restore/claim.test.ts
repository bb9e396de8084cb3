/** Who may restore, and whether a restore has begun, where others restore too and answers are lost. */
import { ChildFailure } from "../../../cli/process";
import { begin, claim, drop } from "../../../cli/restore/claim";
import { LostSight, StayStopped } from "../../../cli/restore/faults";
import type { Job } from "../../../cli/restore/objects";
import { JobServer } from "./job-server";

const restoreOf = (store: string, run: string, over: Partial<Job> = {}): Job => ({
  kind: "Job",
  metadata: {
    name: `${store}-restore`,
    namespace: "acme",
    labels: {
      "restore.platform/store": store,
      "restore.platform/task": "restore",
      "restore.platform/run": run,
    },
  },
  spec: { suspend: true, template: { spec: { containers: [] } } },
  ...over,
});
const own = restoreOf("db", "ours");
const atWork = { spec: { ...own.spec, suspend: false } };
const over = { status: { conditions: [{ type: "Failed", status: "True" }] } };

let server: JobServer;
beforeEach(() => {
  server = new JobServer();
});
const names = (): string[] => [...server.jobs.keys()];
const claimed = (): Promise<Job> => claim(server.kubectl, ["acme"], own);
const loses = (...verbs: ("create" | "get" | "patch" | "delete")[]): void => {
  server.failures.push(...verbs.map((verb) => ({ verb, taken: false })));
};

describe("a claim", () => {
  it("is a Job that has not begun", async () => {
    const job = await claimed();
    expect(server.jobs.get("db-restore")).toEqual(job);
    expect(job.spec.suspend).toBe(true);
  });

  it.each<[string, Job]>([
    ["at work", restoreOf("db", "theirs", atWork)],
    ["about to be", restoreOf("db", "theirs")],
    ["of another store, whose writers may be the same", restoreOf("redis", "theirs", atWork)],
  ])("is refused while a restore is %s, and leaves that alone", async (_, other) => {
    const there = server.add(other);
    await expect(claimed()).rejects.toThrow(StayStopped);
    expect([...server.jobs.values()]).toEqual([there]);
  });

  it("is refused by the API server to the second of two in one moment", async () => {
    server.before.set("create", () => server.add(restoreOf("db", "theirs")));
    await expect(claimed()).rejects.toThrow("acme/db-restore is about to restore db");
    expect(server.jobs.get("db-restore")?.metadata.labels).toMatchObject({
      "restore.platform/run": "theirs",
    });
  });

  it("takes the place of a restore that is over", async () => {
    server.add(restoreOf("db", "theirs", { ...atWork, ...over }));
    const { metadata } = await claimed();
    expect(server.jobs.get("db-restore")?.metadata.uid).toBe(metadata.uid);
  });

  it("does not remove what has taken the place of the one that is over", async () => {
    server.add(restoreOf("db", "theirs", { ...atWork, ...over }));
    server.before.set("delete", () => server.add(restoreOf("db", "others")));
    await expect(claimed()).rejects.toThrow(Error);
    expect(server.jobs.get("db-restore")?.metadata.labels).toMatchObject({
      "restore.platform/run": "others",
    });
  });

  it("holds where only the answer was lost", async () => {
    server.failures.push({ verb: "create", taken: true });
    expect((await claimed()).metadata.uid).toBe("uid-1");
  });

  it("is not there where the API server has no such Job", async () => {
    loses("create");
    await expect(claimed()).rejects.toThrow(ChildFailure);
  });

  it("is not known where the API server does not say", async () => {
    server.before.set("create", () => {
      loses("create", "get");
    });
    await expect(claimed()).rejects.toThrow(/not known whether Job acme\/db-restore was made/);
  });

  it("is given up where it is not seen whether others restore", async () => {
    server.before.set("create", () => {
      server.before.set("get", () => {
        throw new ChildFailure("kubectl get", 1, "no answer");
      });
    });
    await expect(claimed()).rejects.toThrow("kubectl get");
    expect(names()).toEqual([]);
  });
});

describe("a claimed restore", () => {
  let job: Job;
  beforeEach(async () => {
    job = await claimed();
  });
  const begun = (): Promise<void> => begin(server.kubectl, job);

  it("begins", async () => {
    await begun();
    expect(server.jobs.get("db-restore")?.spec.suspend).toBe(false);
  });

  it("has begun where only the answer was lost", async () => {
    server.failures.push({ verb: "patch", taken: true });
    await begun();
    expect(names()).toEqual(["db-restore"]);
  });

  it("never begins where the API server has not taken it: nothing is left to begin later", async () => {
    loses("patch");
    await expect(begun()).rejects.toThrow(ChildFailure);
    expect(names()).toEqual([]);
  });

  it.each<["get" | "delete"]>([["get"], ["delete"]])(
    "is lost sight of where the API server does not answer any more (%s)",
    async (verb) => {
      loses("patch", verb);
      await expect(begun()).rejects.toThrow(LostSight);
    },
  );

  it("does not begin, nor does another one, where somebody has ended it", async () => {
    server.jobs.clear();
    const other = server.add(restoreOf("db", "theirs"));
    await expect(begun()).rejects.toThrow(ChildFailure);
    expect([...server.jobs.values()]).toEqual([other]);
  });

  it("is given up before it has begun", async () => {
    await drop(server.kubectl, job);
    expect(names()).toEqual([]);
  });

  it("is not given up any more once it has begun", async () => {
    await begun();
    await expect(drop(server.kubectl, job)).rejects.toThrow("has begun meanwhile");
    expect(names()).toEqual(["db-restore"]);
  });
});
