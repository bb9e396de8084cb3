/** Proves by the name of its machine, and by what GitHub knows of the job that gave it, whose lock is released. */
import { type Holder, holdersIn } from "../../../cli/ci/lock";
import {
  hostOf,
  type Owner,
  ownerOnGitHub,
  ownOwner,
  requireOwnHost,
  runOf,
} from "../../../cli/ci/run-host";
import { whyNot } from "../../../cli/ci/unlock";
import { GitHubServer } from "./github-server";

const at = (time: string): Date => new Date(`2026-11-21T${time}Z`);
const holder: Holder = {
  ...{ user: "runner", host: "platform-5-2-prod", pid: 4242 },
  since: at("10:00:00"),
};

it("pulumi has to tell of each lock", () => {
  const output = "the stack is currently locked by 2 lock(s).\n  x: created by a@b (pid 1) at then";
  expect(() => holdersIn(output)).toThrow("The stack has 2 locks, and pulumi tells of 0");
});

it.each<[string, Owner | undefined, string | undefined]>([
  ["nobody of ours has taken", undefined, "that is no job of ours that applies this stack"],
  [
    "was taken after its job was over",
    { page: "a job", since: at("08:00:00"), until: at("08:30:00") },
    "it was not taken while the job ran that has this name: a job",
  ],
  [
    "was taken before its job began",
    { page: "a job", since: at("11:00:00"), until: at("11:30:00") },
    "it was not taken while the job ran that has this name: a job",
  ],
  [
    "is of a job under way",
    { page: "a job", since: at("09:59:00"), until: undefined },
    "the job is under way: a job",
  ],
  [
    "is of a job that is over",
    { page: "a job", since: at("09:59:00"), until: at("10:10:00") },
    undefined,
  ],
])("a lock that %s", (_what, owner, why) => {
  expect(whyNot(holder, owner)).toBe(why);
});

describe("the name of a machine", () => {
  const job = { run: "5", attempt: "2", stack: "prod" };

  it("tells of the job that gave it", () => {
    expect(hostOf(job)).toBe(holder.host);
    expect(runOf(holder.host, "prod")).toEqual(job);
  });

  it.each(["fv-az1-2", "platform-5-2-dev", "platform-5-prod", "annas-platform-5-2-prod"])(
    "%s tells of none",
    (host) => {
      expect(runOf(host, "prod")).toBeUndefined();
    },
  );

  it("is as long as a machine's may be", () => {
    // Linux takes 64 characters.
    expect(hostOf({ run: "9".repeat(14), attempt: "99", stack: "staging" }).length).toBeLessThan(
      64,
    );
  });

  it("has to be this job's own before a lock is asked for", () => {
    const env = { GITHUB_RUN_ID: "5", GITHUB_RUN_ATTEMPT: "2" };
    expect(requireOwnHost("prod", env, holder.host)).toBe(holder.host);
    expect(() => requireOwnHost("prod", env, "fv-az1-2")).toThrow(
      "The name of this machine is fv-az1-2, expected platform-5-2-prod",
    );
    expect(() => requireOwnHost("prod", {}, holder.host)).toThrow("not set");
  });
});

describe("this very job", () => {
  // Larger than any process number of Linux.
  const gone = { ...holder, pid: 2 ** 30, since: new Date() };

  it("owns the lock of its process that is gone", () => {
    expect(whyNot(gone, ownOwner(holder.host, "this job", gone))).toBeUndefined();
  });

  it("is still at work while its process is there", () => {
    const busy = { ...gone, pid: process.pid };
    expect(whyNot(busy, ownOwner(holder.host, "this job", busy))).toBe(
      "the job is under way: this job",
    );
  });

  it("owns no lock of another attempt", () => {
    expect(ownOwner("platform-5-3-prod", "this job", gone)).toBeUndefined();
  });
});

describe("an earlier job", () => {
  let server: GitHubServer;
  beforeEach(async () => {
    server = new GitHubServer();
    await server.start();
    server.runs.set(5, applied);
    server.jobs.set("5/2", [other("dev / apply"), other("staging / apply"), job]);
  });
  afterEach(() => server.stop());

  /** The run itself waits for an approval, say. */
  const applied = {
    ...{ path: ".github/workflows/apply.yml", event: "push", head_branch: "main" },
    status: "in_progress",
  };
  const job = {
    ...{ name: "prod / apply", status: "completed", html_url: "job 9" },
    ...{ started_at: "2026-11-21T09:59:00Z", completed_at: "2026-11-21T10:20:00Z" },
  };
  const other = (name: string): object => ({ ...job, name, html_url: name });
  const owner = (of = holder): ReturnType<typeof ownerOnGitHub> =>
    ownerOnGitHub(server.client(), "prod", of);

  it("owns a lock by the name of its machine, from its own begin to its own end", async () => {
    expect(await owner()).toEqual({
      page: "job 9",
      since: at("09:59:00"),
      until: at("10:20:00"),
    });
  });

  it.each([
    ["of another workflow", { ...applied, path: ".github/workflows/checks.yml" }],
    ["for a pull request", { ...applied, event: "pull_request" }],
    ["of another branch", { ...applied, head_branch: "feature" }],
  ])("is none %s", async (_what, run) => {
    server.runs.set(5, run);
    expect(await owner()).toBeUndefined();
  });

  it("is none of a run that GitHub does not know", async () => {
    expect(await owner({ ...holder, host: "platform-6-1-prod" })).toBeUndefined();
  });

  it("is none of an attempt without such a job", async () => {
    expect(await owner({ ...holder, host: "platform-5-1-prod" })).toBeUndefined();
  });

  it("is not looked for by a person's machine", async () => {
    expect(await owner({ ...holder, user: "anna", host: "laptop.local" })).toBeUndefined();
    expect(server.requests).toEqual([]);
  });

  it("is under way until GitHub says otherwise", async () => {
    server.jobs.set("5/2", [{ ...job, status: "in_progress", completed_at: null }]);
    expect((await owner())?.until).toBeUndefined();
  });
});
