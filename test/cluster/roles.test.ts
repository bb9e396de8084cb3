/**
 * The two roles of the pipeline on a real API server, which holds everybody to them: one system, from
 * nothing. The kinds that this system does not make are only compared (test/cli/roles).
 */
import { join } from "node:path";

import { findDrift } from "../../cli/drift";
import { planUpdate } from "../../cli/plan";
import { type Rule, deployer as deployerRules } from "../../cli/roles";
import { listStacks } from "../../cli/workspace";
import { complaintOf, identity, onTarget, up } from "./identity";
import { Stage } from "./stage";

const minutes = 60_000;

describe("the roles of the pipeline", () => {
  const stage = new Stage("dev");
  const others = ["faultmaven", "philotes", "telemetry"].flatMap((system) =>
    stage.settings(system, { enabled: false, data: "discard" }),
  );
  const logged = [...others, ...stage.settings("thunderline", { app: { logLevel: "debug" } })];
  const scheduled = [
    ...others,
    ...stage.settings("thunderline", { cerebros: { type: "schedule", schedule: "5 4 * * *" } }),
  ];
  const manifest = (role: string) => join(stage.workspace.repository, "rbac", `${role}.yaml`);
  let previewer = "";
  let deployer = "";

  beforeAll(async () => {
    await onTarget(stage, { overrides: others }, () => Promise.resolve());
    await stage.kubectl("apply", "-f", manifest("previewer"), "-f", manifest("deployer"));
    const both = (role: string) =>
      identity(stage, role, [`platform-${role}`, `platform-${role}-cluster`]);
    previewer = await both("previewer");
    deployer = await both("deployer");
  }, 3 * minutes);
  afterAll(() => stage.end(), 2 * minutes);

  const images = () =>
    stage.kubectl(
      "get",
      "deployments",
      "--all-namespaces",
      "--output=jsonpath={..resourceVersion}",
    );

  it(
    "lets the deployer bring a stack up from nothing",
    async () => {
      await up(stage, { kubeconfig: deployer, overrides: others });
      expect((await stage.objects("deployments", "jobs")).length).toBeGreaterThan(4);
    },
    5 * minutes,
  );

  it(
    "lets the previewer see what an update would do",
    async () => {
      const plan = await onTarget(stage, { kubeconfig: previewer, overrides: logged }, (target) =>
        planUpdate(target),
      );
      const changes = plan.resources.filter(({ operation }) => operation !== "same");
      expect(changes.map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2)).sort()).toEqual([
        "thunderline-web",
        "thunderline-worker",
      ]);
      expect([...plan.errors, ...plan.warnings].join()).not.toMatch(/forbidden/i);
    },
    2 * minutes,
  );

  it(
    "lets the previewer look for drift in all but Secrets",
    async () => {
      const drift = await onTarget(stage, { kubeconfig: previewer, overrides: others }, findDrift);
      expect(drift).toMatchObject({ withoutSecrets: true, deleted: [], changed: [] });
      expect(drift.objects).toBeGreaterThan(50);
    },
    2 * minutes,
  );

  it(
    "does not let the previewer change anything",
    async () => {
      const before = await images();
      const attempt = up(stage, { kubeconfig: previewer, overrides: logged });
      expect(await complaintOf(attempt)).toMatch(/default:previewer" cannot patch/);
      expect(await images()).toBe(before);
    },
    2 * minutes,
  );

  const place = (matches: (rule: Rule) => boolean): number =>
    deployerRules(listStacks(stage.workspace)).namespaced.findIndex(matches);
  const without = async (at: number, work: () => Promise<void>): Promise<void> => {
    const removal = JSON.stringify([{ op: "remove", path: `/rules/${at}` }]);
    await stage.kubectl(
      "patch",
      "clusterrole",
      "platform-deployer",
      "--type=json",
      `-p=${removal}`,
    );
    try {
      await work();
    } finally {
      await stage.kubectl("apply", "-f", manifest("deployer"));
    }
  };

  it.each([
    { group: "apps", overrides: logged },
    { group: "batch", overrides: scheduled },
  ])(
    "gives the deployer nothing that it does not need: not the rule of $group",
    async ({ group, overrides }) => {
      await without(
        place((rule) => rule.group === group && rule.verbs.includes("patch")),
        async () => {
          const attempt = up(stage, { kubeconfig: deployer, overrides });
          expect(await complaintOf(attempt)).toMatch(
            new RegExp(`default:deployer" cannot \\w+ resource "\\w+" in API group "${group}"`),
          );
        },
      );
    },
    2 * minutes,
  );

  it(
    "does not let the deployer grant what it does not hold",
    async () => {
      await stage.kubectl("delete", "clusterrole", "platform-viewer-dev");
      await without(
        place(({ group }) => group === "metrics.k8s.io"),
        async () => {
          const attempt = up(stage, { kubeconfig: deployer, overrides: others }, "--refresh");
          expect(await complaintOf(attempt)).toContain(
            "attempting to grant RBAC permissions not currently held",
          );
        },
      );
      await up(stage, { kubeconfig: deployer, overrides: others }, "--refresh");
    },
    3 * minutes,
  );
});
