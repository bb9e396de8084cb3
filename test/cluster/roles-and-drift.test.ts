/**
 * The two roles of the pipeline on a real API server, which holds everybody to them: one system, from
 * nothing. The kinds that this system does not make are only compared (test/cli/roles). Then changes by hand
 * on the same cluster, of which the server keeps account, and what the engine's refresh and our reading of it
 * make of that. Last, that what the one has reviewed is what the other is about to apply.
 */
import { join } from "node:path";

import { type Drift, findDrift } from "../../cli/drift";
import { planUpdate } from "../../cli/plan";
import { type ChildResult, runChild } from "../../cli/process";
import { silent } from "../../cli/progress";
import { changesOf } from "../../cli/review/changes";
import { type Digest, digestOf } from "../../cli/review/digest";
import { guardedUpdate } from "../../cli/review/guard";
import { deployer as deployerRules, reachOf } from "../../cli/roles";
import { readState } from "../../cli/workspace";
import { complaintOf, identity, onTarget, up } from "./identity";
import { Stage } from "./stage";

const minutes = 60_000;
const stage = new Stage("dev");
const overrides = ["faultmaven", "philotes", "telemetry"].flatMap((system) =>
  stage.settings(system, { enabled: false, data: "discard" }),
);
const logged = [...overrides, ...stage.settings("thunderline", { app: { logLevel: "debug" } })];
const manifest = (role: string) => join(stage.workspace.repository, "rbac", `${role}.yaml`);
const ours = (...args: string[]) => stage.kubectl("--namespace=thunderline", ...args);
let previewer = "";
let deployer = "";

beforeAll(async () => {
  await onTarget(stage, { overrides }, () => Promise.resolve());
  await stage.kubectl("apply", "-f", manifest("previewer"), "-f", manifest("deployer"));
  const both = (role: string) =>
    identity(stage, role, [`platform-${role}`, `platform-${role}-cluster`]);
  previewer = await both("previewer");
  deployer = await both("deployer");
}, 3 * minutes);
afterAll(() => stage.end(), 2 * minutes);

describe("the roles of the pipeline", () => {
  /** What the API server says to a request of one of the two. */
  const answerTo = (role: string, ...args: string[]): Promise<string> =>
    complaintOf(stage.kubectl(`--as=system:serviceaccount:default:${role}`, ...args));

  it(
    "let the deployer bring a stack up from nothing",
    async () => {
      await up(stage, { kubeconfig: deployer, overrides });
      expect((await stage.objects("deployments", "jobs")).length).toBeGreaterThan(4);
    },
    5 * minutes,
  );

  it(
    "let the previewer see what an update would do",
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
    "let the previewer look for drift in all but Secrets",
    async () => {
      const drift = await onTarget(stage, { kubeconfig: previewer, overrides }, findDrift);
      expect(drift).toMatchObject({ withoutSecrets: true, deleted: [], changed: [] });
      expect(drift.objects).toBeGreaterThan(50);
    },
    2 * minutes,
  );

  it("do not let the previewer change anything, nor read a Secret", async () => {
    const inOurs = ["--namespace=thunderline"];
    for (const args of [
      ["patch", "deployment", "web", '--patch={"spec":{"paused":true}}'],
      ["patch", "deployment", "web", '--patch={"spec":{"paused":true}}', "--dry-run=server"],
      ["delete", "configmap", "minio-setup"],
      ["create", "configmap", "mine"],
      ["get", "secret", "postgres"],
    ]) {
      expect(await answerTo("previewer", ...inOurs, ...args)).toMatch(/default:previewer" cannot/);
    }
  }, 60_000);

  it("let the deployer change and remove no namespace but those of the stacks", async () => {
    const enforce = "pod-security.kubernetes.io/enforce=privileged";
    for (const args of [
      ["label", "namespace", "kube-system", enforce],
      ["delete", "namespace", "default"],
      ["create", "namespace", "mine"],
    ]) {
      expect(await answerTo("deployer", ...args)).toMatch(
        /default:deployer" cannot \w+ resource "namespaces"/,
      );
    }
  }, 60_000);

  it("do not let the deployer grant what it does not hold", async () => {
    const rule = { apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] };
    const addition = JSON.stringify([{ op: "add", path: "/rules/-", value: rule }]);
    const patch = ["patch", "clusterrole", "platform-viewer-dev", "--type=json", `-p=${addition}`];
    expect(await answerTo("deployer", ...patch)).toContain(
      "attempting to grant RBAC permissions not currently held",
    );
  }, 60_000);

  it(
    "give the deployer nothing that it does not need: without one rule an update fails",
    async () => {
      const rules = deployerRules(reachOf(stage.workspace)).namespaced;
      const at = rules.findIndex(({ group, verbs }) => group === "apps" && verbs.includes("patch"));
      const removal = JSON.stringify([{ op: "remove", path: `/rules/${at}` }]);
      const role = ["clusterrole", "platform-deployer"];
      await stage.kubectl("patch", ...role, "--type=json", `-p=${removal}`);
      const attempt = up(stage, { kubeconfig: deployer, overrides: logged });
      expect(await complaintOf(attempt)).toMatch(
        /default:deployer" cannot \w+ resource "deployments" in API group "apps"/,
      );
      await stage.kubectl("apply", "-f", manifest("deployer"));
    },
    2 * minutes,
  );
});

describe("drift, after changes by hand", () => {
  let found: Drift;
  let before: readonly string[];
  let after: readonly string[];
  const command = (): Promise<ChildResult> =>
    runChild(
      process.execPath,
      ["cli/platform.mjs", "drift", "--stack=dev", "--embedded", "--format=md"],
      {
        cwd: stage.workspace.repository,
        env: { ...process.env, PLATFORM_DIR: stage.workspace.base },
      },
    );
  const versions = () =>
    ours(
      "get",
      "deployments,configmaps,secrets,services",
      "--output=jsonpath={.items[*].metadata.resourceVersion}",
    );

  beforeAll(async () => {
    await ours("set", "image", "deployment/web", "web=example.com/app:9");
    await ours("scale", "deployment/worker", "--replicas=3");
    const asFlux = "--field-manager=kustomize-controller";
    await ours("set", "env", "deployment/livebook", "HUSH=top-secret", asFlux);
    await ours("delete", "configmap", "minio-setup");
    await ours("patch", "secret", "postgres", '--patch={"stringData":{"password":"top-secret"}}');
    await ours("rollout", "status", "deployment/web", "deployment/worker", "--timeout=60s");
    before = [readState(stage.workspace, stage.stack), await versions()];
    found = await onTarget(stage, { overrides }, findDrift);
    after = [readState(stage.workspace, stage.stack), await versions()];
  }, 3 * minutes);

  it("names exactly what was changed, and who did it, whatever they call themselves", () => {
    expect(found.deleted.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "ConfigMap minio-setup",
    ]);
    const fields = found.changed.flatMap((object) =>
      object.fields.map(({ path, kind, by }) => [
        ...[`${object.kind} ${object.name}`, path, kind, by?.manager],
      ]),
    );
    expect(fields.sort()).toEqual([
      [
        "Deployment livebook",
        "spec.template.spec.containers[livebook].env[HUSH]",
        "added",
        "kustomize-controller",
      ],
      ["Deployment web", "spec.template.spec.containers[web].image", "changed", "kubectl-set"],
      ["Deployment worker", "spec.replicas", "changed", "kubectl"],
      ["Secret postgres", "data.password", "changed", "kubectl-patch"],
    ]);
  });

  it("makes the command end with 2, and a report that begins with its mark", async () => {
    const { code, stdout } = await command();
    expect(code).toBe(2);
    expect(stdout).toMatch(/^<!-- platform-drift:dev -->\n### Drift of stack dev/);
    expect(stdout).not.toContain("top-secret");
  }, 60_000);

  it("tells nothing that may be secret", () => {
    expect(JSON.stringify(found)).not.toContain("top-secret");
  });

  it("changes neither the state nor the cluster", () => {
    expect(after).toEqual(before);
  });

  it(
    "foretells which field an update is refused at, and is gone once that and what was added is put back",
    async () => {
      const conflicts = found.changed.filter(({ fields }) =>
        fields.some((field) => field.conflicts),
      );
      expect(conflicts.map(({ name }) => name)).toEqual(["worker"]);
      const refused = await complaintOf(up(stage, { overrides }, "--refresh"));
      expect(refused).toMatch(/"thunderline\/worker" failed .* conflict/);

      await ours("scale", "deployment/worker", "--replicas=1");
      await ours("set", "env", "deployment/livebook", "HUSH-");
      // As people type it: its preview meets what was set with kubectl first.
      await onTarget(stage, { overrides }, (target) =>
        guardedUpdate(target, { args: ["--refresh"], progress: silent }),
      );
      expect(await command()).toMatchObject({ code: 0 });
    },
    4 * minutes,
  );
});

describe("a change that the previewer has reviewed", () => {
  const without = stage.settings("thunderline", { livebook: { enabled: false, data: "discard" } });
  const change = [
    ...overrides,
    ...stage.settings("thunderline", {
      app: { logLevel: "debug" },
      collector: { exporter: { type: "debug", verbosity: "detailed" } },
      secrets: { secretKeyBase: { from: "generated", rotation: 2 } },
      postgres: { password: { from: "generated", rotation: 2 } },
    }),
  ];
  const digestAs = (kubeconfig: string): Promise<Digest> =>
    onTarget(stage, { kubeconfig, overrides: change }, async (target) => {
      const plan = await planUpdate(target);
      expect(plan.errors).toEqual([]);
      return digestOf(stage.stack, changesOf(plan));
    });

  let reviewed: Digest | undefined;

  beforeAll(() => up(stage, { overrides: [...overrides, ...without] }), 4 * minutes);

  it(
    "is the same change to the deployer: workloads, files, new Secrets and rotated ones",
    async () => {
      reviewed = await digestAs(previewer);
      const heads = reviewed.changes.map((line) => line.split(";")[0] ?? "");
      expect(heads).toEqual(
        expect.arrayContaining([
          "restart update Deployment thunderline-web",
          "quiet update ConfigMap thunderline-otelcol-config",
          expect.stringMatching(/^quiet create Secret thunderline-livebook/),
          expect.stringMatching(/ update Secret thunderline-postgres/),
        ]),
      );
      expect(await digestAs(deployer)).toEqual(reviewed);
    },
    4 * minutes,
  );

  it(
    "is applied by the deployer, whom its digest does not stop",
    async () => {
      await onTarget(stage, { kubeconfig: deployer, overrides: change }, (target) =>
        guardedUpdate(target, { args: [], reviewed, progress: silent }),
      );
      expect(await ours("get", "secret", "livebook", "--output=name")).toBe("secret/livebook\n");
    },
    4 * minutes,
  );
});
