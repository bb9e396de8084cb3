/**
 * The policy pack in the real engine: it stops a program that breaks its rules before anything is made,
 * finds the same in a saved state, and lets our own stacks through. There is no cluster here; what the
 * rules ask for is proven in test/policy.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Plan, readPlan } from "../../cli/plan";
import { policyArguments } from "../../cli/policy/arguments";
import { holdProgram, holdState } from "../../cli/policy/hold";
import { ChildFailure } from "../../cli/process";
import { embeddedTarget } from "../../cli/target";
import { ensureToolchain } from "../../cli/toolchain";
import {
  openWorkspace,
  prepareStack,
  pulumi,
  readSettings,
  stateResources,
} from "../../cli/workspace";
import { ruleNames } from "../../policy/names";
import { fixtures } from "../policy/fixtures";
import { failingResources, type FixtureProgram, fixtureProgram } from "./policy-program";
import { stacks } from "./rendered";

jest.setTimeout(240_000);

const workspace = openWorkspace();
const all = [...ruleNames].sort();

describe("a program that breaks every rule", () => {
  let folder: string;
  let program: FixtureProgram;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "platform-policy-"));
    program = await fixtureProgram(folder, failingResources(fixtures));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const up = (...args: string[]) => {
    const eventLog = join(folder, "events");
    const { context, cwd } = program;
    const done = pulumi(context, ["up", "--yes", "--stack", "prod", ...args], { cwd, eventLog });
    return { done, plan: (): Plan => readPlan("prod", eventLog) };
  };

  it("is stopped with each rule named, before anything is made", async () => {
    const { done, plan } = up(...policyArguments(workspace));
    await expect(done).rejects.toBeInstanceOf(ChildFailure);
    const named = plan().violations.map(({ policy }) => policy);
    expect([...new Set(named)].sort()).toEqual(all);
    expect(stateResources(program.context.workspace, "prod")).toEqual([]);
    expect(existsSync(join(program.cwd, "rendered"))).toBe(false);
  });

  it("is found in a state that was saved without the rules", async () => {
    await up("--skip-preview").done;
    const { context } = program;
    const settings = readSettings(workspace, "prod");
    const tools = await ensureToolchain();
    const prepared = { stack: "prod", configFile: "", placeholders: [] };
    const session = { stack: "prod", tools, context, prepared, cluster: undefined };
    const target = { workspace: context.workspace, stack: "prod", settings, tools, session };
    const { violations, resources } = await holdState(embeddedTarget(target));
    expect([...new Set(violations.map(({ rule }) => rule))].sort()).toEqual(all);
    expect(resources).toBe(stateResources(context.workspace, "prod").length);
  });
});

describe.each(stacks)("stack %s", (stack) => {
  it("keeps to every rule, or is excepted with a reason", async () => {
    const { violations, exceptions } = await holdProgram(workspace, stack);
    expect(violations).toEqual([]);
    expect(exceptions.length).toBeGreaterThan(0);
  });
});

describe("a preview of dev with the policy pack", () => {
  it("goes through, with every rule loaded and none broken", async () => {
    const folder = mkdtempSync(join(tmpdir(), "platform-policy-"));
    try {
      const engine = await ensureToolchain({ only: "engine" });
      const own = openWorkspace({ base: join(folder, "workspace") });
      const context = { workspace: own, engine, tmp: folder, throwAway: true };
      const { configFile } = await prepareStack(context, "dev");
      const eventLog = join(folder, "events");
      const args = ["preview", "--stack", "dev", "--config-file", configFile];
      await pulumi(context, [...args, ...policyArguments(workspace)], { eventLog });
      const { violations, errors } = readPlan("dev", eventLog);
      expect([violations, errors]).toEqual([[], []]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
