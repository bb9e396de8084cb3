/**
 * Proves with Prometheus' own checker that each alert of each stack is well formed, that it fires with
 * series as a trouble gives them, not before its time, and not when all is well. Does not prove that the
 * series are there: whoever runs Prometheus has it read their publishers.
 */
import { rmSync } from "node:fs";

import { stringify } from "yaml";

import { environments } from "../../config/environment";
import type { Manifests } from "../support/manifests";
import { stackObjects } from "../support/stack";
import { jobCases } from "./support/job-alert-cases";
import { ruleTest, runPromtool, written } from "./support/promtool";
import { systemCases } from "./support/system-alert-cases";
import { workloadCases } from "./support/workload-alert-cases";
import { temporaryFolder } from "./support/world";

// The first use builds promtool.
jest.setTimeout(900_000);

interface Rule {
  readonly alert: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
}
type Rules = Manifests["PrometheusRule"];

const cases = [...workloadCases, ...jobCases, ...systemCases];

let folder: string;
const byStack = new Map<string, readonly Rules[]>();
beforeAll(async () => {
  folder = temporaryFolder();
  for (const stack of environments) {
    byStack.set(stack, await stackObjects(stack, "PrometheusRule"));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function rulesOf({ spec }: Rules): Rule[] {
  return (spec.groups as { rules: Rule[] }[]).flatMap(({ rules }) => rules);
}

/** The rules of a namespace of stack prod, as a file that Prometheus reads. */
function fileOf(namespace: string): string {
  const found = byStack.get("prod")?.find(({ metadata }) => metadata.namespace === namespace);
  if (found === undefined) throw new Error(`no rules in ${namespace}`);
  return written(folder, `${namespace}.yml`, stringify(found.spec));
}

function ruleOf(namespace: string, alert: string): Rule {
  const [only, ...others] = (byStack.get("prod") ?? [])
    .filter(({ metadata }) => metadata.namespace === namespace)
    .flatMap(rulesOf)
    .filter((rule) => rule.alert === alert);
  if (only === undefined || others.length > 0) throw new Error(`not one ${alert} in ${namespace}`);
  return only;
}

function minutes(duration: string): number {
  const [, amount = "", unit = ""] = /^(\d+)([mh])$/.exec(duration) ?? [];
  return Number(amount) * (unit === "h" ? 60 : 1);
}

describe.each(environments.filter((stack) => stack !== "dev"))("in the stack %s", (stack) => {
  it("Prometheus reads all rules", async () => {
    const files = byStack
      .get(stack)!
      .map(({ metadata, spec }) =>
        written(folder, `${stack}-${metadata.namespace}.yml`, stringify(spec)),
      );
    const { code, stdout, stderr } = await runPromtool([
      "check",
      "rules",
      "--lint-fatal",
      ...files,
    ]);
    expect({ code, faults: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, faults: "" });
  });
});

it("every alert has a test of its own", () => {
  const alerts = [...byStack.values()].flat().flatMap(rulesOf);
  expect([...new Set(alerts.map(({ alert }) => alert))].sort()).toEqual(
    [...new Set(cases.map(({ alert }) => alert))].sort(),
  );
});

describe.each(cases)("$alert $cause", ({ alert, namespace, bad, good, since = 0, labels }) => {
  const check = async (samples: typeof bad, ...expected: Parameters<typeof ruleTest>[2]) => {
    const text = ruleTest(fileOf(namespace), samples, expected);
    const { code, stdout, stderr } = await runPromtool([
      "test",
      "rules",
      written(folder, "test.yml", text),
    ]);
    return code === 0 ? "" : stdout + stderr;
  };
  const due = (): number => since + minutes(ruleOf(namespace, alert).for);

  it("fires, with what it is about, once it has held for its time", async () => {
    const { severity, system } = ruleOf(namespace, alert).labels;
    const told = { severity: severity!, system: system!, namespace, ...labels };
    expect(await check(bad, { minute: due(), alert, labels: told, fires: true })).toBe("");
  });

  it("does not fire a minute before", async () => {
    expect(await check(bad, { minute: due() - 1, alert, labels, fires: false })).toBe("");
  });

  it("does not fire while all is well", async () => {
    expect(await check(good, { minute: due() + 60, alert, labels, fires: false })).toBe("");
  });
});
