/**
 * What was reviewed is what is applied, and what the policy pack refuses is not begun. The program,
 * engine, pack and API server are real, and the stack is one system. A user's own kubeconfig and
 * Pulumi login are not used here.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { noteSeen } from "../../cli/cluster";
import { UserError } from "../../cli/errors";
import { planUpdate } from "../../cli/plan";
import { policyArguments } from "../../cli/policy/arguments";
import { silent } from "../../cli/progress";
import { changesOf } from "../../cli/review/changes";
import { type Digest, digestOf, readDigest, writeDigest } from "../../cli/review/digest";
import { guardedUpdate } from "../../cli/review/guard";
import { type Target, withTarget } from "../../cli/target";
import type { Override } from "../../cli/workspace";
import { Stage } from "./stage";

jest.setTimeout(600_000);

const stack = "dev";
const stage = new Stage(stack);
const folder = mkdtempSync(join(tmpdir(), "platform-reviewed-"));
const file = join(folder, "reviewed.json");
afterAll(async () => {
  await stage.end();
  rmSync(folder, { recursive: true });
});

const off = { enabled: false, data: "discard" };
const others = ["faultmaven", "philotes", "telemetry"].map((system) => ({
  key: `platform:${system}`,
  value: off,
}));

function settings(changes: object): Override[] {
  return [...others, ...stage.settings("thunderline", changes)];
}

function at<T>(overrides: readonly Override[], work: (target: Target) => Promise<T>): Promise<T> {
  return withTarget({ workspace: stage.workspace, stack, embedded: true, overrides }, work);
}

/** Applies the stack; gives the reason where it is stopped before it begins. */
function apply(overrides: readonly Override[], digest?: Digest): Promise<UserError | undefined> {
  const options = { args: [], reviewed: digest, progress: silent };
  return at(overrides, (target) => guardedUpdate(target, options))
    .then(() => undefined)
    .catch((error: unknown) => {
      if (error instanceof UserError) return error;
      throw error;
    });
}

async function replicas(name: string): Promise<string> {
  const path = "--output=jsonpath={.spec.replicas}";
  return stage.kubectl("get", "deployment", name, "--namespace=thunderline", path);
}

const reviewed = settings({ web: { scaling: { replicas: 2 } } });
const meanwhile = settings({ worker: { scaling: { replicas: 2 } } });

beforeAll(async () => {
  await stage.up(settings({}));
  await noteSeen(stage.workspace, stack);
  await at(reviewed, async (target) => {
    const plan = await planUpdate(target, { args: policyArguments(target.workspace) });
    writeDigest(file, digestOf(stack, changesOf(plan)));
  });
});

it("digests what changes, with no value", () => {
  expect(readDigest(file, stack).changes).toEqual([
    expect.stringMatching(
      /^restart update Deployment thunderline-web; in platform:systems:Thunderline\$.*; restart: the number of its replicas changes$/,
    ),
    expect.stringMatching(/^quiet update ResourceQuota thunderline-namespace-quota; .*; quiet: /),
  ]);
});

it("stops with both lists where the stack has changed meanwhile, and changes nothing", async () => {
  await stage.up(meanwhile);
  const before = await stage.kubectl("get", "deployments", "-A", "--output=name");
  const failure = await apply(reviewed, readDigest(file, stack));
  expect(failure?.exitCode).toBe(3);
  expect(failure?.message).toContain("reviewed");
  expect(failure?.message).toMatch(/\| {2}restart update Deployment thunderline-worker$/m);
  expect(failure?.message).toContain("1 change is the same.");
  expect(await Promise.all([replicas("web"), replicas("worker")])).toEqual(["1", "2"]);
  expect(await stage.kubectl("get", "deployments", "-A", "--output=name")).toBe(before);
});

it("applies what is still what was reviewed", async () => {
  await stage.up(settings({}));
  expect(await apply(reviewed, readDigest(file, stack))).toBeUndefined();
  expect(await Promise.all([replicas("web"), replicas("worker")])).toEqual(["2", "1"]);
});

it("begins nothing that a mandatory rule of the policy pack refuses", async () => {
  const image = "registry.example.com/acme/mlflow:1.2.3";
  const failure = await apply(settings({ mlflow: { image } }));
  expect(failure?.exitCode).toBe(2);
  expect(failure?.message).toMatch(/image-registry-allowed: Deployment thunderline-mlflow: /);
  expect(failure?.message).not.toContain("acme");
  const live = await stage.kubectl("get", "deployments", "--all-namespaces", "--output=yaml");
  expect(live).not.toContain(image);
});
