/**
 * What the working tree changes against a revision, by the real engine and providers: of a repository
 * made of today's program, with a small stack. There is no cluster here, and nothing that only one
 * knows.
 */
import { execFileSync } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { UserError } from "../../cli/errors";
import { type Comparison, planAgainst } from "../../cli/plan";
import { policyArguments } from "../../cli/policy/arguments";
import { changesOf } from "../../cli/review/changes";
import { openWorkspace } from "../../cli/workspace";
import { copyProgram } from "../support/program-copy";

jest.setTimeout(300_000);

const root = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "platform-review-"));
const repository = join(folder, "repository");
const file = join(repository, "Pulumi.small.yaml");

const off = "{ enabled: false, data: discard }";
const small = `config:
  platform:environment: dev
  platform:cluster: { context: small, identifier: small }
  platform:faultmaven: ${off}
  platform:philotes: ${off}
  platform:telemetry: ${off}
`;

function git(...args: string[]): string {
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  return execFileSync("git", [...identity, ...args], { cwd: repository, encoding: "utf8" }).trim();
}

beforeAll(() => {
  copyProgram(repository, [".gitignore"]);
  // Only the engine runs here, and reads it.
  symlinkSync(join(root, "node_modules"), join(repository, "node_modules"), "dir");
  writeFileSync(join(repository, ".git-exclude"), "node_modules\n");
  writeFileSync(file, small);
  git("init", "--quiet", "--initial-branch=main");
  git("config", "core.excludesFile", join(repository, ".git-exclude"));
  git("add", "--all");
  git("commit", "--quiet", "--message=Begin");
});
afterEach(() => {
  writeFileSync(file, small);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function compare(stack = "small", ref = "main", args: readonly string[] = []): Promise<Comparison> {
  const workspace = openWorkspace({ repository, base: join(folder, "workspace") });
  return planAgainst({ stack, ref, workspace, args });
}

async function summary(stack?: string, ref?: string): Promise<string[]> {
  const { plan } = await compare(stack, ref);
  expect(plan.errors).toEqual([]);
  return changesOf(plan).map(({ risk, operation, label }) => `${risk} ${operation} ${label}`);
}

function thunderline(settings: object): void {
  writeFileSync(file, `${small}  platform:thunderline: ${JSON.stringify(settings)}\n`);
}

describe("a working tree against a revision", () => {
  it("changes nothing where nothing has changed, and leaves nothing behind", async () => {
    expect(await summary()).toEqual([]);
    expect(readdirSync(join(folder, "workspace/tmp"))).toEqual([]);
    expect(git("status", "--porcelain")).toBe("");
    expect(git("worktree", "list").split("\n")).toHaveLength(1);
  });

  it("changes what a setting changes that is not committed yet", async () => {
    thunderline({ web: { scaling: { replicas: 2 } }, postgres: { volume: { size: "20Gi" } } });
    expect(await summary()).toEqual([
      "restart update Deployment thunderline/web",
      "quiet update PersistentVolumeClaim thunderline/postgres-data",
      "quiet update ResourceQuota thunderline/quota",
    ]);
  });

  it("loses data where data is discarded, and the policy pack is heard", async () => {
    const rule = join(repository, "policy/rules/containers.ts");
    const known = readFileSync(rule, "utf8");
    const other = known.replace(/registries = \[[^\]]*\]/, 'registries = ["registry.example.com"]');
    expect(other).not.toBe(known);
    writeFileSync(rule, other);
    thunderline({ livebook: { enabled: false, data: "discard" } });
    const { plan } = await compare("small", "HEAD", policyArguments({ repository }));
    writeFileSync(rule, known);
    const lost = changesOf(plan).filter(({ risk }) => risk === "data");
    expect(lost.map(({ operation, label }) => `${operation} ${label}`)).toEqual([
      "delete PersistentVolumeClaim thunderline/livebook-data",
      "delete RandomPassword thunderline-livebook-secrets-cookie",
      "delete RandomPassword thunderline-livebook-secrets-password",
      "delete RandomPassword thunderline-livebook-secrets-secret-key-base",
      "delete Secret thunderline/livebook",
    ]);
    expect(plan.violations.map(({ policy }) => policy)).toContain("image-registry-allowed");
  });

  it("makes all objects anew on another cluster", async () => {
    writeFileSync(file, small.replace("identifier: small", "identifier: other"));
    expect(await summary()).toEqual(["identity replace kubernetes cluster"]);
  });

  it("stops the old telemetry stack by a cut-over, although a rendering leaves it out", async () => {
    const legacy = { namespace: "mqtt-input", deployments: [{ name: "mqtt-input", replicas: 2 }] };
    const key = (name: string) => ({ from: "existing", secretName: "broker", key: name });
    const mqtt = { credentials: { user: key("user"), password: key("password") } };
    const telemetry = (settings: object): void => {
      const text = JSON.stringify({ mqtt, legacy, parallelSince: "2026-01-01", ...settings });
      writeFileSync(file, small.replace(`telemetry: ${off}`, `telemetry: ${text}`));
    };
    telemetry({ phase: "parallel" });
    git("commit", "--quiet", "--all", "--message=Run both");
    const both = git("rev-parse", "HEAD");
    git("reset", "--quiet", "--hard", "HEAD~1");
    const comparison = { from: "2026-01-02", to: "2026-01-08", passed: true, record: "it.json" };
    telemetry({ phase: "cutover", cutoverOn: "2026-01-09", comparison });
    expect(await summary("small", both)).toEqual([
      "restart create DeploymentPatch mqtt-input/mqtt-input",
    ]);
  });

  it("has all of a stack that the revision has not, or has no more", async () => {
    const other = join(repository, "Pulumi.other.yaml");
    renameSync(file, other);
    try {
      const { plan } = await compare("other");
      const operations = new Set(changesOf(plan).map(({ operation }) => operation));
      expect(operations).toEqual(new Set(["create"]));
      const gone = await summary("small");
      expect(gone).toContain("data delete Namespace thunderline");
      expect(gone.every((line) => line.split(" ")[1] === "delete")).toBe(true);
    } finally {
      rmSync(other);
    }
  });
});

describe("a comparison is refused in words", () => {
  async function refusalOf(comparison: Promise<Comparison>): Promise<string> {
    const error = await comparison.catch((it: unknown) => it);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }

  it.each(["nowhere", "--help", "HEAD:index.ts"])("for what is no revision: %s", async (ref) => {
    expect(await refusalOf(compare("small", ref))).toBe(
      `This repository has no revision "${ref}".`,
    );
  });

  it("for a stack that neither of the two has", async () => {
    expect(await refusalOf(compare("nowhere"))).toContain(
      'no stack "nowhere", neither here nor in',
    );
  });

  it("where the revision's own program fails", async () => {
    thunderline({ web: { scaling: { replicas: 0 } } });
    git("commit", "--quiet", "--all", "--message=Break");
    const broken = git("rev-parse", "HEAD");
    git("reset", "--quiet", "--hard", "HEAD~1");
    const message = await refusalOf(compare("small", broken));
    expect(message).toContain(`Stack small of revision ${broken} cannot be rendered`);
    expect(message).toContain("web.scaling.replicas: got 0");
  });
});
