/**
 * What kube-score and checkov say of the rendered objects of every stack: each finding is excepted by
 * name (policy/tools/exceptions.ts), each check of theirs has an answer (policy/tools), and what they
 * find in broken objects the rules of the pack find too. It does not prove that an exception is wise.
 */
import { versions } from "../../cli/toolchain/tools";
import { environments } from "../../config/environment";
import { check } from "../../policy/check";
import { factsIn } from "../../policy/facts";
import type { RuleName } from "../../policy/names";
import { subjectOf } from "../../policy/rendered";
import { scanExceptions, type Scanner, tools } from "../../policy/tools";
import { brokenObjects, withBroken } from "./support/broken";
import { checkovChecks, checkovScan } from "./support/checkov";
import { kubeScoreChecks, kubeScoreScan } from "./support/kube-score";
import { pinnedVersion } from "./support/python";
import {
  exceptionsOf,
  type Finding,
  goldenFolder,
  objectFiles,
  objectIn,
  objectName,
  type Scan,
  speaksOf,
} from "./support/scanner";

jest.setTimeout(600_000); // The first run sets the scanners up.

interface Program {
  readonly tool: Scanner;
  readonly version: string;
  readonly scan: (folder: string) => Promise<Scan>;
  readonly checks: () => Promise<readonly string[]>;
}

const programs: readonly Program[] = [
  {
    tool: "kube-score",
    version: versions.kubeScore,
    scan: kubeScoreScan,
    checks: kubeScoreChecks,
  },
  { tool: "checkov", version: pinnedVersion("checkov"), scan: checkovScan, checks: checkovChecks },
];

const workload = /^(Deployment|StatefulSet|Job|CronJob)\//;

describe.each(programs)("$tool", ({ tool, version, scan, checks }) => {
  const scans = new Map<string, Scan>();
  const scanOf = async (stack: string): Promise<Scan> => {
    const done = scans.get(stack) ?? (await scan(goldenFolder(stack)));
    scans.set(stack, done);
    return done;
  };

  let broken: Scan | undefined;
  const brokenScan = async (): Promise<Scan> => (broken ??= await withBroken(scan));

  it.each(environments)("judges each workload of stack %s", async (stack) => {
    const { judged } = await scanOf(stack);
    const workloads = objectFiles(goldenFolder(stack))
      .map(objectIn)
      .filter((object) => workload.test(object));
    expect(workloads).not.toEqual([]);
    expect(workloads.filter((object) => !judged.has(object))).toEqual([]);
  });

  it.each(environments)("finds nothing in stack %s that is not excepted by name", async (stack) => {
    const { findings } = await scanOf(stack);
    const exceptions = exceptionsOf(scanExceptions, tool, stack);
    const excepted = ({ check, object }: Finding): boolean =>
      exceptions.some(
        (one) => one.check === check && one.objects.some((pattern) => speaksOf(pattern, object)),
      );
    expect(
      findings.filter((one) => !excepted(one)).map(({ check, object }) => `${check}: ${object}`),
    ).toEqual([]);
  });

  it("finds what each exception speaks of, in each stack that it names", async () => {
    const stale: string[] = [];
    for (const { check, stacks, objects } of scanExceptions.filter((one) => one.tool === tool)) {
      for (const pattern of objects) {
        const found = await Promise.all(
          environments.map(async (stack) => {
            const { findings } = await scanOf(stack);
            return findings.some((one) => one.check === check && speaksOf(pattern, one.object));
          }),
        );
        const speaking = environments.filter((_, index) => found[index]);
        if (speaking.length === 0) stale.push(`${check}: ${pattern}`);
        const silent = (stacks ?? []).filter((stack) => !speaking.some((one) => one === stack));
        stale.push(...silent.map((stack) => `${check}: ${pattern} in ${stack}`));
      }
    }
    expect(stale).toEqual([]);
  });

  it("has an answer to each of its checks in the table, which has no other", async () => {
    expect(Object.keys(tools[tool].checks).sort()).toEqual([...(await checks())].sort());
  });

  it("is of the version that the table is of", () => {
    expect(tools[tool].source).toContain(version);
  });

  it("finds what is broken, also where the object asks to be let off", async () => {
    const { findings } = await brokenScan();
    const found = findings.map(({ check, object }) => `${check}: ${object}`);
    expect(found).toContain(`${imagePinned[tool]}: Deployment/store/silent`);
  });

  it("is answered by a rule of the pack where the table says so", async () => {
    const { findings } = await brokenScan();
    const wrong = Object.entries(tools[tool].checks).flatMap(([name, answer]) => {
      if (answer.by !== "rules") return [];
      const found = findings.filter(({ check }) => check === name);
      return found.length === 0
        ? [`${name}: no broken object fails it`]
        : found
            .filter(({ object }) => !answer.rules.some((rule) => violates(rule, object)))
            .map(({ object }) => `${name}: ${object} breaks none of ${answer.rules.join(", ")}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** The check of each tool that the silent object asks to be let off from. */
const imagePinned = { "kube-score": "container-image-tag", checkov: "CKV_K8S_14" } as const;

const { violations } = check(
  brokenObjects.map((one) =>
    subjectOf(objectName(one.kind, one.metadata.namespace, one.metadata.name), { ...one }),
  ),
  factsIn({ config: { "platform:environment": "prod" } }),
);

/** Whether an object breaks a rule of the pack; a binding is as bad as the role that it binds. */
function violates(rule: RuleName, object: string): boolean {
  const named = object.replace(/^ClusterRoleBinding/, "ClusterRole");
  return violations.some((one) => one.rule === rule && [object, named].includes(one.title));
}
