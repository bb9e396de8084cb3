/**
 * The phases of the telemetry stack on a real API server, beside a stand-in for the old one: what each
 * step touches, and what it does not. Pods are simulated: no message flows here.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import { clusterPaths, kubectl } from "../../cli/cluster";
import { look, remove } from "../../cli/telemetry/cleanup";
import { nameOf } from "../../cli/telemetry/cleanup/plan";
import { ensureToolchain } from "../../cli/toolchain";
import { Stage } from "./stage";

const minutes = 60_000;

const off = { enabled: false, data: "discard" };
const legacy = { namespace: "mqtt-input", deployments: [{ name: "mqtt-input", replicas: 2 }] };
const dates = { parallelSince: "2026-01-01", cutoverOn: "2026-01-09" };
const comparison = { from: "2026-01-02", to: "2026-01-08", passed: true, record: "compared.json" };

/** Something old that nobody of this program has made. */
const standIn = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "mqtt-input", namespace: "mqtt-input" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "mqtt-input" } },
    template: {
      metadata: { labels: { app: "mqtt-input" } },
      spec: { containers: [{ name: "mqtt-input", image: "example.com/mqtt-input:1.0.0" }] },
    },
  },
};

describe("the telemetry stack beside an old one", () => {
  const stage = new Stage("dev");
  const others = ["thunderline", "faultmaven", "philotes"].flatMap((system) =>
    stage.settings(system, off),
  );
  const telemetry = (settings: object) => [...others, ...stage.settings("telemetry", settings)];

  const parallel = telemetry({ legacy, phase: "parallel", parallelSince: dates.parallelSince });
  const cutover = telemetry({ legacy, phase: "cutover", ...dates, comparison });
  const back = telemetry({ legacy, phase: "parallel", ...dates, comparison });
  const cleaned = telemetry({ phase: "cutover", ...dates, comparison });

  /** The old Deployment's replicas, and the id that it keeps for life. */
  async function old(): Promise<{ replicas: string; uid: string }> {
    const answer = await stage.kubectl(
      "get",
      "deployment/mqtt-input",
      "--namespace=mqtt-input",
      "--output=jsonpath={.spec.replicas} {.metadata.uid}",
    );
    const [replicas = "", uid = ""] = answer.split(" ");
    return { replicas, uid };
  }

  const ours = ["deployments", "statefulsets", "persistentvolumeclaims", "secrets", "jobs"];

  let uid: string;
  beforeAll(async () => {
    await stage.up(telemetry({ phase: "parallel" }));
    const folder = mkdtempSync(join(tmpdir(), "platform-legacy-"));
    const manifest = join(folder, "legacy.yaml");
    writeFileSync(manifest, stringify(standIn));
    await stage.kubectl("create", "namespace", "mqtt-input");
    await stage.kubectl("create", "--filename", manifest);
    await stage.kubectl("create", "secret", "generic", "old", "--namespace=mqtt-input");
    rmSync(folder, { recursive: true });
    uid = (await old()).uid;
  }, 10 * minutes);
  afterAll(() => stage.end(), 2 * minutes);

  it(
    "does not touch it while both run",
    async () => {
      expect(await stage.changes(parallel)).toEqual([]);
      expect(await old()).toEqual({ replicas: "2", uid });
    },
    minutes,
  );

  it.each([
    ["stops it by the cut-over", cutover, "create", "0"],
    ["starts it again by going back", back, "update", "2"],
    ["stops it again", cutover, "update", "0"],
  ])(
    "%s, and changes nothing of its own",
    async (_, settings, operation, replicas) => {
      const before = await stage.objects(...ours);
      expect(await stage.changes(settings)).toEqual([
        `${operation} DeploymentPatch telemetry-legacy-mqtt-input`,
      ]);
      await stage.up(settings);
      expect(await old()).toEqual({ replicas, uid });
      expect(await stage.objects(...ours)).toEqual(before);
      expect(await stage.changes(settings)).toEqual([]);
    },
    3 * minutes,
  );

  it(
    "lets go of it without starting it where the settings no longer name it, and takes it up again",
    async () => {
      await stage.up(cleaned);
      expect(await old()).toEqual({ replicas: "0", uid });
      await stage.up(cutover);
      expect(await old()).toEqual({ replicas: "0", uid });
    },
    3 * minutes,
  );

  it(
    "stops bridge and sinks when it is paused, and keeps the databases up",
    async () => {
      expect(
        await stage.changes(
          telemetry({ legacy, ...dates, comparison, phase: "cutover", paused: true }),
        ),
      ).toEqual([
        "update Deployment telemetry-bridge",
        "update Deployment telemetry-heatpump-settings",
        "update Deployment telemetry-timescaledb",
      ]);
    },
    minutes,
  );

  it(
    "removes what runs of it by the clean-up, and keeps its data",
    async () => {
      const tools = await ensureToolchain();
      const paths = clusterPaths(stage.workspace, stage.stack);
      const ask = (args: readonly string[]): Promise<string> =>
        kubectl(tools.kubectl, paths, [...args]);
      const { refusals, deleted, kept } = await look(ask, legacy, false);
      expect([refusals, deleted.map(nameOf)]).toEqual([[], ["Deployment mqtt-input/mqtt-input"]]);
      expect(kept.map(nameOf)).toContain("Secret mqtt-input/old");
      const before = await stage.objects(...ours);
      for (const object of deleted) await remove(ask, object);
      expect((await look(ask, legacy, false)).deleted).toEqual([]);
      expect(await stage.objects(...ours)).toEqual(before);
    },
    2 * minutes,
  );

  it(
    "has nothing to change once the settings no longer name it",
    async () => {
      await stage.up(cleaned);
      expect(await stage.changes(cleaned)).toEqual([]);
    },
    3 * minutes,
  );
});
