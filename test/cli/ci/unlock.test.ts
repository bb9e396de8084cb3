/** Proves by what a run has written down, here and on GitHub, whose lock is released. */
import { hostname, userInfo } from "node:os";

import { type Holder, holdersIn } from "../../../cli/ci/lock";
import { artefactName, ownersOnGitHub, ownOwner, ownRecord } from "../../../cli/ci/run-record";
import { whyNot } from "../../../cli/ci/unlock";
import { GitHubServer } from "./github-server";

const dead = { user: "runner", host: "fv-az1-2", pid: 4242 };
const at = (time: string): Date => new Date(`2026-11-21T${time}Z`);
const holder: Holder = { ...dead, since: at("10:00:00") };

it("pulumi has to tell of each lock", () => {
  const output = "the stack is currently locked by 2 lock(s).\n  x: created by a@b (pid 1) at then";
  expect(() => holdersIn(output)).toThrow("The stack has 2 locks, and pulumi tells of 0");
});

it.each<[string, Parameters<typeof whyNot>[1], string | undefined]>([
  ["nobody has written anything down", [], "no run of ours has written down that it is that"],
  [
    "the run was over before",
    [{ page: "a run", since: at("08:00:00"), until: at("08:30:00") }],
    "no run of ours has written down that it is that",
  ],
  [
    "the run began only later",
    [{ page: "a run", since: at("11:00:00"), until: at("11:30:00") }],
    "no run of ours has written down that it is that",
  ],
  [
    "the run is under way",
    [{ page: "a run", since: at("09:59:00"), until: undefined }],
    "the run is under way: a run",
  ],
  ["the run is over", [{ page: "a run", since: at("09:59:00"), until: at("10:10:00") }], undefined],
])("a lock where %s", (_what, owners, why) => {
  expect(whyNot(holder, owners)).toBe(why);
});

describe("this very run", () => {
  const record = { ...ownRecord("prod", "this run"), since: "2026-11-21T09:59:00Z" };
  const mine = { user: userInfo().username, host: hostname(), since: at("10:00:00") };
  // Larger than any process number of Linux.
  const gone = 2 ** 30;

  it("owns the lock of its process that is gone", () => {
    const owner = ownOwner(record, { ...mine, pid: gone });
    expect(whyNot({ ...mine, pid: gone }, [owner!])).toBeUndefined();
  });

  it("is still at work while its process is there", () => {
    const owner = ownOwner(record, { ...mine, pid: process.pid });
    expect(whyNot({ ...mine, pid: process.pid }, [owner!])).toBe("the run is under way: this run");
  });

  it("owns nobody else's lock, and none by somebody else's record", () => {
    expect(ownOwner(record, holder)).toBeUndefined();
    expect(ownOwner({ ...record, user: "runner", host: "fv-az1-2" }, holder)).toBeUndefined();
  });
});

describe("an earlier run", () => {
  let server: GitHubServer;
  beforeEach(async () => {
    server = new GitHubServer();
    await server.start();
    server.artefacts = [artefact(5)];
    server.runs.set(5, applied);
  });
  afterEach(() => server.stop());

  const artefact = (id: number, from = 1) => ({
    name: artefactName({ stack: "prod", ...dead }),
    created_at: "2026-11-21T09:59:00Z",
    workflow_run: { id, repository_id: 1, head_repository_id: from },
  });
  const applied = {
    path: ".github/workflows/apply.yml",
    event: "push",
    status: "completed",
    updated_at: "2026-11-21T10:20:00Z",
    run_started_at: "2026-11-21T09:50:00Z",
    html_url: "run 5",
  };
  const owners = (): ReturnType<typeof ownersOnGitHub> =>
    ownersOnGitHub(server.client(), "prod", holder);

  it("owns a lock by the artefact that it left", async () => {
    expect(await owners()).toEqual([
      { page: "run 5", since: at("09:59:00"), until: at("10:20:00") },
    ]);
  });

  it("is found behind a page of artefacts of the same name", async () => {
    server.artefacts = [1, 2, 3, 5].map((id) => artefact(id, id === 5 ? 1 : 99));
    expect(await owners()).toHaveLength(1);
  });

  it.each([
    ["of a fork", () => (server.artefacts = [artefact(5, 99)])],
    ["of another stack", () => (server.artefacts[0]!.name = "holder-dev-runner-fv-az1-2")],
    ["of another workflow", () => server.runs.set(5, { ...applied, path: "checks.yml" })],
    ["for a pull request", () => server.runs.set(5, { ...applied, event: "pull_request" })],
  ])("is none %s", async (_what, change) => {
    change();
    expect(await owners()).toEqual([]);
  });

  it("is under way until GitHub says otherwise", async () => {
    server.runs.set(5, { ...applied, status: "in_progress" });
    expect((await owners())[0]?.until).toBeUndefined();
  });

  it("is over where the run is attempted again", async () => {
    const again = { status: "in_progress", run_started_at: "2026-11-21T10:40:00Z" };
    server.runs.set(5, { ...applied, ...again });
    expect((await owners())[0]?.until).toEqual(at("10:40:00"));
  });

  it("cannot be looked for by a name that no artefact has", async () => {
    const odd = { ...holder, user: "ACME\\anna" };
    await expect(ownersOnGitHub(server.client(), "prod", odd)).rejects.toThrow(
      "cannot be the name of an artefact",
    );
  });
});
