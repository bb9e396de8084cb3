/**
 * Proves where generated values are, by looking for each of them in all that the commands leave behind:
 * the real engine and a real API server. Reduced, with FaultMaven of stack dev alone.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { report } from "../../cli/testing";
import { ensureToolchain } from "../../cli/toolchain";
import { Checkout, type System, systems } from "./support/checkout";
import { liveObjects, standingOf } from "./support/consistency";
import { filesWith, formsOf } from "./support/needles";
import { trials } from "./support/trials";
import { until } from "./support/until";

const minutes = 60_000;
const formats = trials({ reduced: ["md"], full: ["md", "json", "text"] });
/** The cluster's own database, in which Secrets are, and the folders of the control plane's own keys. */
const ofTheCluster = ["etcd", "pki"];

const checkout = new Checkout(
  trials<readonly System[]>({ reduced: ["faultmaven"], full: systems }),
);
const { folder } = checkout;

/** What the commands write, to their output and into files, while a stack has generated values. */
describe("the commands of a stack with generated passwords", () => {
  const written = join(folder, "written");
  const since = new Date();
  const values = new Set<string>();
  const outputs: string[] = [];
  let searched = 0;

  const keep = (command: string, output: string): void => {
    outputs.push(command);
    writeFileSync(join(written, `${String(outputs.length)}-${command}.output`), output);
  };
  /** Runs a command, and keeps its output beside what it writes. */
  const run = async (command: string, ...args: readonly string[]): Promise<string> => {
    const { code, output } = await checkout.run(command, ...args);
    keep(command, output);
    return code === 0 ? "well" : output;
  };
  /** Adds the values that there are now; an earlier generation may be gone at the end. */
  const note = async (): Promise<void> => {
    const { passwords, secrets } = await standingOf(checkout);
    // Names of users and hosts are in Secrets too, and are short. A file is found by what it holds.
    const whole = Object.values(secrets).filter((value) => /^.{20,}$/.test(value));
    for (const value of [...passwords, ...whole]) values.add(value);
  };

  beforeAll(async () => {
    mkdirSync(written);
    keep("up", (await checkout.succeed("up")).output);
  }, 6 * minutes);

  afterAll(() => checkout.end(), 2 * minutes);

  it(
    "have something to hide: each password is in a Secret",
    async () => {
      await note();
      expect(values.size).toBeGreaterThan(6);
      expect((await standingOf(checkout)).unused).toEqual([]);
    },
    minutes,
  );

  it(
    "end as they should",
    async () => {
      expect(await run("preview", "--json")).toBe("well");
      for (const format of formats) {
        const out = `--out=${join(written, `review.${format}`)}`;
        expect(await run("review", "--embedded", `--format=${format}`, out)).toBe("well");
      }
      expect(await run("render", "--out", join(written, "rendered"))).toBe("well");
      expect(await run("drift", "--embedded")).toBe("well");
    },
    3 * minutes,
  );

  it(
    "fail in words where the API server refuses a Secret in the middle of an update, and go on after that",
    async () => {
      const rotated = { jwtSecret: { from: "generated", rotation: 2 } };
      checkout.set(["faultmaven", "secrets"], rotated);
      const lift = await refuseSecrets();
      expect(await run("up")).toContain("no Secret is changed here");
      await note();
      await lift();
      await checkout.succeed("up");
      await note();
    },
    4 * minutes,
  );

  it(
    "write no generated value into state, output or file, as it is, in base64 or in a URL",
    async () => {
      const { pulumiHome } = await ensureToolchain();
      // What all stacks share, as far as it was written since this one is there.
      const shared = join(written, "shared");
      const copied = await checkout.type(
        `mkdir ${shared} && find ${pulumiHome} -newermt ${since.toISOString()} -type f -exec cp --parents {} ${shared} ';'`,
      );
      expect(copied).toMatchObject({ code: 0 });
      expect(await filesWith([...values], [folder], ofTheCluster)).toEqual([]);
      searched = Number((await checkout.type(`find ${folder} -type f | wc -l`)).output);
    },
    2 * minutes,
  );

  it(
    "would be found out",
    async () => {
      for (const [i, form] of formsOf([...values][0] ?? "").entries()) {
        const planted = join(folder, ".platform", `planted-${String(i)}`);
        writeFileSync(planted, `\0before${form}after`);
        expect(await filesWith([...values], [folder], ofTheCluster)).toEqual([planted]);
        rmSync(planted);
      }
    },
    2 * minutes,
  );

  it(
    "are in Secrets on the cluster, and in no other object",
    async () => {
      const objects = await liveObjects(checkout);
      const file = join(written, "objects.json");
      const others = objects.filter(({ kind }) => kind !== "Secret");
      writeFileSync(file, JSON.stringify(others));
      expect(await filesWith([...values], [file])).toEqual([]);
      report({
        area: "security",
        claim:
          "no generated value is outside Secrets, encrypted state and the cluster's own database",
        trials: values.size,
        of: "values in up to five forms",
        seen: `0 in the output of ${outputs.length} commands, in ${searched} files and in ${others.length} other objects`,
      });
    },
    2 * minutes,
  );
});

/** The API server refuses every change of a Secret that is meant; what only asks (a preview) passes. */
async function refuseSecrets(): Promise<() => Promise<void>> {
  const name = "no-secrets";
  const file = join(checkout.folder, "written", "refusal.json");
  const apiVersion = "admissionregistration.k8s.io/v1";
  const rule = {
    apiGroups: [""],
    apiVersions: ["v1"],
    operations: ["CREATE", "UPDATE"],
    resources: ["secrets"],
  };
  const policy = {
    apiVersion,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { resourceRules: [rule] },
      validations: [
        {
          expression: "has(request.dryRun) && request.dryRun",
          message: "no Secret is changed here",
        },
      ],
    },
  };
  const binding = {
    apiVersion,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: { policyName: name, validationActions: ["Deny"] },
  };
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: [policy, binding] }));
  await checkout.kubectl("apply", "--filename", file);
  // It takes a moment until the API server keeps to it.
  const trial = ["create", "secret", "generic", "trial", "--namespace=default"];
  await until(async () => {
    const refused = await checkout.kubectl(...trial).then(
      () => false,
      () => true,
    );
    if (!refused) await checkout.kubectl("delete", "secret", "trial", "--namespace=default");
    return refused;
  });
  return async () => {
    await checkout.kubectl("delete", "--filename", file);
  };
}
