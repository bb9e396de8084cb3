/**
 * Proves what retiring does on a real API server, with real controllers and autoscaling of nobody: to
 * zero and back with the same numbers, also by a second run after one that was killed, and FaultMaven's
 * own objects left alone. The pods are simulated: how long real ones take to start, and whether the old
 * programs still work, no test here shows.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { readJournal } from "../../cli/journal";
import { type Deployment, kinds } from "../../cli/kubernetes";
import { look, nextStep, planText, resultText, type Situation } from "../../cli/retire";
import { marks } from "../../cli/retire/marks";
import { namespace, old, type Place, recordOf, step, withApi } from "./retirement";
import { Stage } from "./stage";

const minutes = 60_000;
const names = Object.keys(old);
const zero = Object.fromEntries(names.map((name) => [name, 0]));

describe("the old services of FaultMaven", () => {
  const stage = new Stage("dev");
  const off = { enabled: false, data: "discard" };
  const overrides = [
    ...["thunderline", "philotes", "telemetry"].flatMap((system) => stage.settings(system, off)),
    ...stage.settings("faultmaven", { legacy: { namespace, deployments: names } }),
  ];
  const place: Place = { workspace: stage.workspace, stack: "dev", overrides };
  let before: readonly string[];

  beforeAll(async () => {
    await stage.up(overrides);
    await withApi(place, async (api) => {
      await api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
      for (const object of names.flatMap(objectsOf)) await api.create(object);
    });
    await settled(old);
    before = await ours();
  }, 12 * minutes);

  afterAll(() => stage.end(), 2 * minutes);

  it(
    "are shown, and nothing is changed",
    async () => {
      const versions = await versionsOfOld();
      const situation = await seen();
      expect(situation.successor).toMatchObject({ ready: true });
      const text = planText(situation, nextStep(situation), {
        ...{ stack: "dev", context: "platform-dev", embedded: true },
      });
      expect(text).toContain(`Scale Deployment ${namespace}/fm-api-gateway from 3 to 0`);
      expect(text).toContain("whoever is outside (LoadBalancer)");
      expect(await versionsOfOld()).toEqual(versions);
    },
    minutes,
  );

  it(
    "are at zero after a run that was killed in the middle and one that goes on, with the numbers of before",
    async () => {
      await killed();
      const half = Object.values(await replicas());
      expect(half.filter((count) => count === 0)).toHaveLength(5);

      const timing = await step(place, "apply");
      expect(await replicas()).toEqual(zero);
      const pods = await withApi(place, (api) => api.list(kinds.pods, { namespace }));
      expect(pods).toEqual([]);
      const noted = await withApi(place, (api) => api.list(kinds.deployments, { namespace }));
      expect(
        Object.fromEntries(
          noted.map(({ metadata }) => [
            metadata.name,
            Number(metadata.annotations?.[marks.replicas]),
          ]),
        ),
      ).toEqual(old);
      tell("to zero, the second run", timing.seconds);
      // Four were marked by the killed run, whose pods may have gone by then.
      expect(timing.deployments.length).toBeGreaterThanOrEqual(names.length - 4);
      expect(await ours()).toEqual(before);
    },
    3 * minutes,
  );

  it(
    "are not changed by one more run",
    async () => {
      const versions = await versionsOfOld();
      expect((await step(place, "apply")).deployments).toEqual([]);
      expect(await versionsOfOld()).toEqual(versions);
    },
    minutes,
  );

  it(
    "are not removed before their time is over",
    async () => {
      await expect(step(place, "remove")).rejects.toThrow(
        /Deployment fm-legacy\/fm-api-gateway is kept until \d{4}-\d\d-\d\dT[\d:]+Z\./,
      );
      expect(Object.keys(await replicas())).toHaveLength(names.length);
    },
    minutes,
  );

  it(
    "come back as they were, with the time measured against the document's",
    async () => {
      const timing = await step(place, "back");
      expect(await replicas()).toEqual(old);
      await settled(old);
      const all = await withApi(place, (api) => api.list(kinds.deployments, { namespace }));
      const left = all.flatMap(({ metadata }) =>
        Object.keys(metadata.annotations ?? {}).filter((name) => name.startsWith("retire.")),
      );
      expect(left).toEqual([]);
      const text = resultText(
        "back",
        timing,
        await seen(),
        {
          ...{ stack: "dev", context: "platform-dev", embedded: true },
        },
        recordOf(place),
      );
      expect(text).toMatch(
        /9 Deployments as before in .*\. Document 002 allows less than four hours: this is less/,
      );
      tell("back", timing.seconds);
      const { entries } = readJournal(recordOf(place));
      expect(entries.filter(({ outcome }) => outcome === "done")).toHaveLength(names.length + 1);
      expect(await ours()).toEqual(before);
    },
    3 * minutes,
  );

  it(
    "are removed when their time is over, and their Services and data stay",
    async () => {
      tell("to zero, all nine", (await step(place, "apply")).seconds);
      await withApi(place, async (api) => {
        for (const object of await api.list(kinds.deployments, { namespace })) {
          const annotations = {
            [marks.since]: "2019-01-01T00:00:00Z",
            [marks.until]: "2020-01-01T00:00:00Z",
          };
          await api.patch(object, { metadata: { annotations } });
        }
      });
      // A removal waits for the later of both: the mark, and what the settings say since the start of it.
      await step(place, "remove");
      const left = await withApi(place, async (api) => ({
        deployments: await api.list(kinds.deployments, { namespace }),
        services: await api.list(kinds.services, { namespace }),
        configMaps: await api.list(kinds.configMaps, { namespace }),
      }));
      expect(left.deployments).toEqual([]);
      expect(left.services.map(({ metadata }) => metadata.name).sort()).toEqual([...names].sort());
      expect(left.configMaps.map(({ metadata }) => metadata.name)).toContain("fm-api-gateway");
      expect(await ours()).toEqual(before);
    },
    3 * minutes,
  );

  /** In a process of its own, killed when it has stopped four of the nine and that at zero is next. */
  async function killed(): Promise<void> {
    const script = join(__dirname, "interrupted-retirement.ts");
    const args = ["-r", "ts-node/register/transpile-only", script, stage.workspace.base];
    const child = spawn(process.execPath, [...args, JSON.stringify(overrides)], {
      cwd: join(__dirname, "..", ".."),
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TS_NODE_PROJECT: "tsconfig.program.json" },
    });
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await ended;
  }

  function seen(): Promise<Situation> {
    return withApi(place, (api, faultmaven) => look(api, faultmaven, new Date()));
  }

  async function replicas(): Promise<Record<string, number>> {
    const all = await withApi(place, (api) => api.list(kinds.deployments, { namespace }));
    return Object.fromEntries(
      all.map(({ metadata, spec }) => [metadata.name, spec?.replicas ?? 1]),
    );
  }

  /** Of the old Deployments without their status, which controllers write. */
  async function versionsOfOld(): Promise<readonly unknown[]> {
    const all = await withApi(place, (api) => api.list(kinds.deployments, { namespace }));
    return all.map(({ metadata: { name, generation, annotations } }) => [
      ...[name, generation, annotations],
    ]);
  }

  /** FaultMaven's own objects: what they are, and how often somebody has changed them. */
  async function ours(): Promise<readonly string[]> {
    return withApi(place, async (api) => {
      const own = { namespace: "faultmaven" };
      const found = await Promise.all(
        [
          ...[kinds.deployments, kinds.statefulSets, kinds.services, kinds.ingresses],
          ...[kinds.persistentVolumeClaims, kinds.secrets, kinds.configMaps, kinds.networkPolicies],
        ].map((kind) => api.list(kind, own)),
      );
      return found
        .flat()
        .map(({ kind, metadata: { name, uid = "", generation = 0 } }) =>
          [kind, name, uid, String(generation)].join(" "),
        )
        .sort();
    });
  }

  /** Waits until as many pods are ready as each is to have. */
  async function settled(wanted: Readonly<Record<string, number>>): Promise<void> {
    for (const end = Date.now() + minutes; ;) {
      const all = await withApi(place, (api) => api.list(kinds.deployments, { namespace }));
      const waiting = all.filter((it) => !isSettled(it, wanted[it.metadata.name] ?? 0));
      if (waiting.length === 0) return;
      if (Date.now() > end) throw new Error(`${String(waiting.length)} are not ready`);
    }
  }
});

function isSettled({ status }: Deployment, wanted: number): boolean {
  return (status?.readyReplicas ?? 0) === wanted && (status?.replicas ?? 0) === wanted;
}

/** A stand-in with a Service before it and a ConfigMap. */
function objectsOf(name: string) {
  const metadata = { name, namespace };
  const labels = { app: name };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { LOG_LEVEL: "info" } },
    {
      ...{ apiVersion: "v1", kind: "Service", metadata },
      spec: {
        type: name === "fm-api-gateway" ? "LoadBalancer" : "ClusterIP",
        selector: labels,
        ports: [{ port: 80, targetPort: 8000 }],
      },
    },
    {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
      spec: {
        replicas: old[name] ?? 0,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                ...{ name: "app", image: `registry.example.com/faultmaven/${name}:1.0.0` },
                envFrom: [{ configMapRef: { name } }],
              },
            ],
          },
        },
      },
    },
  ];
}

/** What was measured, for whoever reads the log. */
function tell(what: string, took: number): void {
  console.info(`${what}: ${took.toFixed(1)} s, simulated pods`);
}
