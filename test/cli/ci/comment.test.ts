/** Proves against a server that answers like GitHub how comments and issues are kept; GitHub itself is not asked. */
import { keepComment } from "../../../cli/ci/comment";
import { keepIssue, type Wanted } from "../../../cli/ci/issue";
import { markerOf } from "../../../cli/ci/sticky";
import { GitHubServer, somebody } from "./github-server";

let server: GitHubServer;
beforeEach(async () => {
  server = new GitHubServer();
  await server.start();
});
afterEach(() => server.stop());

/** The requests that changed something. */
const changes = (): string[] => server.requests.filter((one) => !one.startsWith("GET"));

describe("the comment of a review", () => {
  const marker = markerOf("review", "dev");
  const body = `${marker}\nwhat changes`;
  const keep = (text = body): Promise<string> => keepComment(server.client(), 7, marker, text);

  it("is made where there is none", async () => {
    server.comment(7, "well done", somebody);
    expect(await keep()).toBe("made");
    expect(server.bodies(7)).toEqual(["well done", body]);
  });

  it("is changed where it is on a later page", async () => {
    for (const word of ["one", "two", "three", "four", "five"]) server.comment(7, word, somebody);
    server.comment(7, `${marker}\nas it was`);
    expect(await keep()).toBe("changed");
    expect(server.bodies(7)).toEqual(["one", "two", "three", "four", "five", body]);
  });

  it("is left alone where it says that already, also with GitHub's line ends", async () => {
    server.comment(7, body.replaceAll("\n", "\r\n"));
    expect(await keep()).toBe("unchanged");
    expect(changes()).toEqual([]);
  });

  it("is not looked for in what somebody else has written", async () => {
    server.comment(7, `${marker}\nforged`, somebody);
    expect(await keep()).toBe("made");
    expect(server.bodies(7)).toEqual([`${marker}\nforged`, body]);
  });

  it("is not the one of another stack", async () => {
    const other = `${markerOf("review", "prod")}\nof prod`;
    server.comment(7, other);
    expect(await keep()).toBe("made");
    expect(server.bodies(7)).toEqual([other, body]);
  });

  it("stays the only one after two runs at once", async () => {
    server.comment(7, body);
    server.comment(7, `${marker}\nlater`);
    await keep();
    expect(server.bodies(7)).toEqual([body]);
  });

  it("is refused in words where the token may only read", async () => {
    server.writable = false;
    await expect(keep()).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("403 Resource not accessible by integration") as string,
      hint: expect.stringContaining("fork") as string,
    });
  });
});

describe("the issue of a stack's drift", () => {
  const marker = markerOf("drift", "prod");
  const body = `${marker}\nweb was scaled by hand`;
  const wanted: Wanted = { marker, title: "Drift of prod", body, farewell: "gone" };
  const keep = (more: Partial<Wanted> = {}): ReturnType<typeof keepIssue> =>
    keepIssue(server.client(), { ...wanted, ...more });

  it("is opened, changed, left alone and closed as there is something to say", async () => {
    expect(await keep()).toEqual({ outcome: "opened", number: 1 });
    expect(await keep({ body: `${marker}\nand a ConfigMap is gone` })).toEqual({
      ...{ outcome: "changed", number: 1 },
    });
    expect(await keep({ body: `${marker}\nand a ConfigMap is gone` })).toEqual({
      ...{ outcome: "unchanged", number: 1 },
    });
    expect(await keep({ body: undefined })).toEqual({ outcome: "closed", number: 1 });
    expect(await keep({ body: undefined })).toEqual({ outcome: "none" });
    expect(server.issues).toMatchObject([{ state: "closed", state_reason: "completed" }]);
    expect(server.bodies(1)).toEqual(["gone"]);
  });

  it("is a new one after it was closed", async () => {
    server.issue(body, undefined, { state: "closed" });
    expect(await keep()).toEqual({ outcome: "opened", number: 2 });
  });

  it("is found behind a page of others, and among pull requests", async () => {
    for (const n of [1, 2, 3]) server.issue(`issue ${n}`, somebody);
    server.issue(body, undefined, { pull_request: {} });
    const { number } = server.issue(body, undefined, { title: "Drift of prod" });
    expect(await keep()).toEqual({ outcome: "unchanged", number });
    expect(changes()).toEqual([]);
  });

  it("is not one that somebody else has opened", async () => {
    server.issue(body, somebody);
    expect(await keep({ body: undefined })).toEqual({ outcome: "none" });
  });

  it("stays the only open one", async () => {
    server.issue(body, undefined, { title: "Drift of prod" });
    server.issue(body);
    expect(await keep()).toEqual({ outcome: "unchanged", number: 1 });
    expect(server.issues.map(({ state }) => state)).toEqual(["open", "closed"]);
  });
});

describe("a passing fault of GitHub", () => {
  const marker = markerOf("review", "dev");

  it("is waited out where the request may be made twice", async () => {
    server.faults.push({ status: 502, message: "Bad Gateway" }, { status: 503, message: "" });
    expect(await keepComment(server.client(), 7, marker, `${marker}\nx`)).toBe("made");
  });

  it("is told where it does not pass", async () => {
    const fault = { status: 502, message: "Bad Gateway" };
    server.faults.push(fault, fault, fault);
    await expect(keepComment(server.client(), 7, marker, "x")).rejects.toThrow(
      "GitHub refuses GET /repos/acme/platform/issues/7/comments: 502 Bad Gateway",
    );
  });

  it("is told at once where too much was asked", async () => {
    server.faults.push({ status: 429, message: "slow down", headers: { "retry-after": "60" } });
    await expect(keepComment(server.client(), 7, marker, "x")).rejects.toMatchObject({
      hint: expect.stringContaining("Too many requests") as string,
    });
  });

  it("does not carry the token elsewhere", async () => {
    const link = `<http://elsewhere.example.com/>; rel="next"`;
    server.faults.push({ status: 200, message: "", headers: { link } });
    const list = (): readonly never[] => [];
    await expect(server.client().all("/issues", list).next()).rejects.toThrow(
      "which is not the API",
    );
  });

  it("is told in words where nothing answers", async () => {
    const client = server.client();
    await server.stop();
    await expect(keepComment(client, 7, marker, "x")).rejects.toThrow(
      /^GitHub does not answer to GET .*: connect ECONNREFUSED/,
    );
  });
});
