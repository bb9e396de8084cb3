/**
 * Changes by hand on a real API server, which keeps account of who made them, and what the engine's refresh
 * and our reading of it make of that.
 */
import { type Drift, findDrift } from "../../cli/drift";
import { type ChildResult, runChild } from "../../cli/process";
import { readState } from "../../cli/workspace";
import { complaintOf, onTarget, up } from "./identity";
import { Stage } from "./stage";

const minutes = 60_000;

describe("drift", () => {
  const stage = new Stage("dev");
  const overrides = ["faultmaven", "philotes", "telemetry"].flatMap((system) =>
    stage.settings(system, { enabled: false, data: "discard" }),
  );
  const ours = (...args: string[]) => stage.kubectl("--namespace=thunderline", ...args);
  const drift = () => onTarget(stage, { overrides }, findDrift);
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
    ours("get", "deployments,configmaps,secrets,services", "--output=jsonpath={..resourceVersion}");

  beforeAll(() => up(stage, { overrides }), 5 * minutes);
  afterAll(() => stage.end(), 2 * minutes);

  it("is not there after an update", async () => {
    expect(await drift()).toMatchObject({ deleted: [], changed: [] });
  }, 60_000);

  describe("after changes by hand", () => {
    let found: Drift;
    let before: readonly string[];
    let after: readonly string[];

    beforeAll(async () => {
      await ours("set", "image", "deployment/web", "web=example.com/app:9");
      await ours("scale", "deployment/worker", "--replicas=3");
      await ours("set", "env", "deployment/livebook", "HUSH=top-secret");
      await ours("delete", "configmap", "minio-setup");
      await ours("patch", "secret", "postgres", '--patch={"stringData":{"password":"top-secret"}}');
      await ours("rollout", "status", "deployment/web", "deployment/worker", "--timeout=60s");
      before = [readState(stage.workspace, stage.stack), await versions()];
      found = await drift();
      after = [readState(stage.workspace, stage.stack), await versions()];
    }, 3 * minutes);

    it("names exactly what was changed, and who did it", () => {
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
          "kubectl-set",
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
        await up(stage, { overrides }, "--refresh");
        expect(await command()).toMatchObject({ code: 0 });
      },
      4 * minutes,
    );
  });
});
