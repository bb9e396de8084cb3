/** Proves that what a fork's run leaves behind is put under its own pull request, and only as what it may be. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type FinishedRun, finishedRun } from "../../../cli/ci/pull-request";
import { markedText, quiet } from "../../../cli/ci/report";
import { commentReviews } from "../../../cli/ci/review-comments";
import { markerOf } from "../../../cli/ci/sticky";
import { markerOf as reviewMarker } from "../../../cli/review/report/markdown";
import { GitHubServer } from "./github-server";

let server: GitHubServer;
let folder: string;
beforeEach(async () => {
  server = new GitHubServer();
  await server.start();
  folder = mkdtempSync(join(tmpdir(), "reviews-"));
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const run: FinishedRun = {
  event: "pull_request",
  head_sha: "c0ffee",
  head_branch: "feature/a&b",
  head_repository: { full_name: "fork/platform", owner: { login: "fork" } },
  html_url: "https://github.com/acme/platform/actions/runs/1",
};
const pull = (number: number, more: Partial<(typeof server.pulls)[number]["head"]> = {}) => ({
  number,
  label: "fork:feature/a&b",
  head: { sha: "c0ffee", repo: { full_name: "fork/platform" }, ...more },
});
const review = (stack: string, text: string): void => {
  writeFileSync(join(folder, `review-${stack}.md`), `${markerOf("review", stack)}\n${text}`);
};
const comment = (): ReturnType<typeof commentReviews> =>
  commentReviews(server.client(), run, folder, ["dev", "prod"]);

it("each stack's review is a comment of its own, which says where it comes from", async () => {
  server.pulls = [pull(7)];
  review("dev", "dev changes");
  review("prod", "prod changes");
  expect(await comment()).toEqual({
    pull: 7,
    comments: [
      { stack: "dev", outcome: "made" },
      { stack: "prod", outcome: "made" },
    ],
    refused: [],
  });
  expect(server.bodies(7)[0]).toMatch(
    /^<!-- .* -->\n<sub>.*c0ffee.*actions\/runs\/1.*<\/sub>\n\ndev changes\n$/,
  );
});

it("a second run of the same commit changes nothing", async () => {
  server.pulls = [pull(7)];
  review("dev", "dev changes");
  await comment();
  expect((await comment()).comments).toEqual([{ stack: "dev", outcome: "unchanged" }]);
});

describe("the pull request", () => {
  it.each([
    ["has moved on", pull(7, { sha: "later" })],
    ["is of another fork with that branch", pull(7, { repo: { full_name: "other/platform" } })],
    ["is of another branch", { ...pull(7), label: "fork:main" }],
  ])("is none that %s", async (_what, other) => {
    server.pulls = [other];
    review("dev", "dev changes");
    expect((await comment()).pull).toBeUndefined();
    expect(server.comments.size).toBe(0);
  });

  it("must be one alone", async () => {
    server.pulls = [pull(7), pull(8)];
    await expect(comment()).rejects.toThrow("the newest of the pull requests 7, 8");
  });

  it("is looked for only after a run for pull requests", () => {
    const event = join(folder, "event.json");
    writeFileSync(event, JSON.stringify({ workflow_run: { ...run, event: "push" } }));
    expect(() => finishedRun(event)).toThrow("not about a workflow that ran for a pull request");
    writeFileSync(event, JSON.stringify({ workflow_run: run }));
    expect(finishedRun(event)).toEqual(run);
  });
});

describe("a report is refused, and its content not shown,", () => {
  beforeEach(() => {
    server.pulls = [pull(7)];
    review("prod", "prod changes");
  });
  const secret = "0123456789";
  const path = (): string => join(folder, "review-dev.md");

  it.each<[string, () => void, string]>([
    [
      "without its marker",
      () => {
        writeFileSync(path(), secret);
      },
      "begin with the line that marks",
    ],
    [
      "with the marker of another stack",
      () => {
        writeFileSync(path(), `${markerOf("review", "prod")}\n${secret}`);
      },
      "begin with the line that marks",
    ],
    [
      "that is too long",
      () => {
        review("dev", secret.repeat(6_400));
      },
      "characters, expected at most",
    ],
    [
      "that is far too long",
      () => {
        review("dev", secret.repeat(30_000));
      },
      "bytes, at most",
    ],
    [
      "that is no text",
      () => {
        writeFileSync(path(), Buffer.from([0xff, 0xfe]));
      },
      "not text in UTF-8",
    ],
    [
      "that is a link",
      () => {
        symlinkSync("/etc/hostname", path());
      },
      "not a plain file",
    ],
  ])("%s, while the others are shown", async (_what, make, why) => {
    make();
    const { comments, refused } = await comment();
    expect(comments).toEqual([{ stack: "prod", outcome: "made" }]);
    expect(refused).toEqual([expect.stringContaining(why)]);
    expect(refused[0]).not.toContain(secret);
  });
});

it("nobody is called and nothing linked by a report", () => {
  expect(quiet("@team see #12, acme/x#3, a@b.example and # heading")).toBe(
    "@\u200Bteam see #\u200B12, acme/x#\u200B3, a@\u200Bb.example and # heading",
  );
});

describe("a text with a marker", () => {
  const marker = markerOf("drift", "dev");

  it("begins with its marker once", () => {
    expect(markedText(marker, `${marker}\ntext\n`, "note")).toBe(`${marker}\nnote\n\ntext\n`);
    expect(markedText(marker, "text\n", "note")).toBe(`${marker}\nnote\n\ntext\n`);
  });

  it("is cut at a line where it is longer than GitHub takes", () => {
    const text = markedText(marker, "a line of it\n".repeat(10_000), "note");
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\na line of it\n\nThe rest is left out here\.\n$/);
  });

  it("is cut within a line where it is a single one, and never within a character", () => {
    const text = markedText(marker, `a${"😀".repeat(50_000)}`, "note");
    expect(text.length).toBeLessThan(65_536);
    expect(text.length).toBeGreaterThan(60_000);
    expect(text).toBe(Buffer.from(text).toString()); // A half would come back as another.
  });

  it.each(["<!--", "```", "<details>"])("has its note above what %s would hide", (open) => {
    const text = markedText(marker, `changes\n${open}`, "note");
    expect(text).toContain(`${marker}\nnote\n\nchanges\n${open}`);
  });
});

it.each([
  ["see https://github.com/acme/x/issues/3", "https:/\u200B/github.com/acme/x/issues/3"],
  ["[x](https:/\\/github.com)", "https:/\u200B\\/github.com"],
  ["[x](//evil.example.com)", "(/\u200B/evil"],
  ["www.example.com", "www\u200B.example"],
  ["GH-12 and gh\\-12", "GH\u200B-12 and gh\u200B\\-12"],
  ["&commat;team &#64;team", "&\u200Bcommat;team &#\u200B64;team"],
  ["a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"],
])("%s links and calls nobody", (text, expected) => {
  expect(quiet(text)).toContain(expected);
});

it("what GitHub refuses of one stack does not keep the others back", async () => {
  server.pulls = [pull(7)];
  review("dev", "dev changes");
  review("prod", "prod changes");
  server.refused = "dev changes";
  const { comments, refused } = await comment();
  expect(comments).toEqual([{ stack: "prod", outcome: "made" }]);
  expect(refused).toEqual([expect.stringContaining("422 Validation Failed")]);
});

it("the marker of a comment is what a review begins with", () => {
  expect(markerOf("review", "prod")).toBe(reviewMarker("prod"));
});

it("a report full of what is made quiet is cut to what GitHub takes", async () => {
  server.pulls = [pull(7)];
  review("dev", `${"@a ".repeat(20)}\n`.repeat(1_000));
  review("prod", "@a".repeat(31_000));
  await comment();
  const [first = "", second = ""] = server.bodies(7);
  expect(Math.max(first.length, second.length)).toBeLessThan(65_536);
  expect(second.length).toBeGreaterThan(60_000);
});
