/**
 * `review --against` as it is typed, on a repository made of today's program with a small stack: what
 * it writes, and how it ends. There is no cluster here; docs/REVIEWING.md has a whole report.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { copyProgram } from "../support/program-copy";

jest.setTimeout(300_000);

const root = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "platform-review-report-"));
const repository = join(folder, "repository");
const report = join(folder, "review.md");

const off = "{ enabled: false, data: discard }";
const small = `config:
  platform:environment: dev
  platform:cluster: { context: small, identifier: small }
  platform:faultmaven: ${off}
  platform:philotes: ${off}
  platform:telemetry: ${off}
`;

function git(...args: string[]): void {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  execFileSync("git", [...identity, ...args], { cwd: repository });
}

function settings(thunderline: object): void {
  const text = `${small}  platform:thunderline: ${JSON.stringify(thunderline)}\n`;
  writeFileSync(join(repository, "Pulumi.small.yaml"), text);
}

beforeAll(() => {
  copyProgram(repository, ["cli", "toolchain"]);
  writeFileSync(join(repository, ".gitignore"), "/node_modules\n");
  settings({});
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message=Begin");
  symlinkSync(join(root, "node_modules"), join(repository, "node_modules"), "dir");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Past the way in of `npm run`, which would install the packages of the repository anew. */
const start = `
  require("./cli/register.cjs");
  require("./cli/main.ts");`;

function review(...args: string[]) {
  rmSync(report, { force: true });
  const all = ["-e", start, "--", "review", "--stack", "small", ...args];
  return spawnSync(process.execPath, all, {
    cwd: repository,
    encoding: "utf8",
    env: { ...process.env, PLATFORM_DIR: join(folder, "workspace") },
  });
}

const comment = ["--format", "md", "--out", report];

test("writes what the working tree changes as a comment, and ends with 0", () => {
  settings({ app: { image: "docker.io/thunderline/app:2.2.0" } });
  const { status, stdout, stderr } = review("--against", "main", ...comment);
  expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: "" });
  const [marker, title, , subject] = readFileSync(report, "utf8").split("\n");
  expect([marker, title]).toEqual([
    "<!-- platform-review:small -->",
    "### Review of stack `small`",
  ]);
  expect(subject).toMatch(/^From `main \([0-9a-f]{7}\)` to `the working tree`\.$/);
  expect(readFileSync(report, "utf8")).toContain(
    "because image `docker.io/thunderline/app:2.1.0` became `docker.io/thunderline/app:2.2.0`: ",
  );
});

test("says in one line that nothing changes", () => {
  settings({});
  const { status, stdout } = review("--against", "main");
  expect(status).toBe(0);
  expect(stdout.split("\n")[1]).toMatch(/^From main \([0-9a-f]{7}\) to [0-9a-f]{7}: no changes\.$/);
});

test("ends with 2 where a mandatory rule is not kept, and names it before all else", () => {
  const file = join(repository, "components/kubernetes/workload.ts");
  const program = readFileSync(file, "utf8");
  const [off, on] = ["automountServiceAccountToken: false", "automountServiceAccountToken: true"];
  expect(program).toContain(off);
  writeFileSync(file, program.replace(off, on));
  expect(review("--against", "main", ...comment).status).toBe(2);
  const text = readFileSync(report, "utf8");
  expect(text).toMatch(/#### This update would stop\n\n- rule `no-service-account-token`: /);
  expect(text.indexOf("would stop")).toBeLessThan(text.indexOf("#### TOTALS"));
  writeFileSync(file, program);
});

test("ends with 1 and in words where there is no such revision, and writes nothing", () => {
  const { status, stderr } = review("--against", "nowhere", ...comment);
  expect(status).toBe(1);
  expect(stderr).toContain('This repository has no revision "nowhere".');
  expect(existsSync(report)).toBe(false);
});

test("makes no digest of two revisions, because no update is like their comparison", () => {
  const { status, stderr } = review("--against", "main", "--digest", join(folder, "digest.json"));
  expect(status).toBe(1);
  expect(stderr).toContain("cannot be used with option");
});
