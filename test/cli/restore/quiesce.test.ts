/** Stopping, starting and watching by kubectl, on a few objects in memory that end and get ready as they are told. */
import type { Kubectl } from "../../../cli/cluster";
import { ChildFailure } from "../../../cli/process";
import { silent } from "../../../cli/progress";
import type { Job, LiveObject, Pod, Workload } from "../../../cli/restore/objects";
import { startOwn, stopWriters } from "../../../cli/restore/quiesce";
import { follow } from "../../../cli/restore/runner";
import type { Writers } from "../../../cli/restore/writers";

const place = { namespace: "acme", resourceVersion: "1" };
const template = { spec: { containers: [] } };
const web = (
  replicas: number,
  marks: Record<string, string> = {},
  readyReplicas = replicas,
): Workload => ({
  kind: "Deployment",
  metadata: { ...place, name: "web", annotations: marks },
  spec: { replicas, template },
  status: { readyReplicas },
});
const pod = (phase: string): Pod => ({
  kind: "Pod",
  metadata: { ...place, name: "web-1" },
  spec: { containers: [] },
  status: { phase },
});
const writers: Writers = {
  stopped: [web(2)],
  scaledObjects: [],
  strangers: [],
  claims: [],
  writes: () => true,
};

/** Answers as the API server would; `conflicts` patches come too late. */
function cluster(found: LiveObject[], conflicts = 0): { kubectl: Kubectl; patches: string[] } {
  const patches: string[] = [];
  let left = conflicts;
  const kubectl: Kubectl = async ([verb, what = "", name]) => {
    const args = [verb, what, name];
    if (verb === "get" && name !== "--namespace") {
      return JSON.stringify(found.find(({ metadata }) => metadata.name === name));
    }
    if (verb === "get") {
      const items = found.filter(({ kind }) => what.includes(kind.toLowerCase()));
      return JSON.stringify({ items });
    }
    if (verb !== "patch") throw new Error(`nobody expected ${args.join(" ")}`);
    left -= 1;
    if (left >= 0) {
      throw new ChildFailure("kubectl patch", 1, "Error from server (Conflict): changed");
    }
    patches.push(name ?? "");
    return "";
  };
  return { kubectl, patches };
}
const around = (kubectl: Kubectl) => ({
  ...{ kubectl, namespaces: ["acme"], keda: false, progress: silent },
  patience: { toStopMs: 0, toStartMs: 0 },
});

describe("stopping", () => {
  it("is done when the pods have ended", async () => {
    const { kubectl, patches } = cluster([web(2), pod("Succeeded")]);
    await stopWriters(around(kubectl), writers, "this");
    expect(patches).toEqual(["web"]);
  });

  it("is not done while one runs, and names it", async () => {
    const { kubectl } = cluster([web(2), pod("Running")]);
    await expect(stopWriters(around(kubectl), writers, "this")).rejects.toThrow("Pod acme/web-1");
  });

  it("takes over what an earlier run has left stopped, of another store too", async () => {
    const mlflow = web(0, { "restore.platform/replicas": "1", "restore.platform/run": "earlier" });
    const left = { ...mlflow, metadata: { ...mlflow.metadata, name: "mlflow" } };
    const { kubectl, patches } = cluster([web(2), left]);
    await stopWriters(around(kubectl), writers, "this");
    expect(patches).toEqual(["web", "mlflow"]);
  });

  it("reads again what somebody else has changed in the same moment", async () => {
    const { kubectl, patches } = cluster([web(2)], 3);
    await stopWriters(around(kubectl), writers, "this");
    expect(patches).toEqual(["web"]);
  });

  it("gives up where it is changed again and again", async () => {
    const { kubectl } = cluster([web(2)], 100);
    await expect(stopWriters(around(kubectl), writers, "this")).rejects.toThrow(ChildFailure);
  });
});

describe("starting", () => {
  const marks = { "restore.platform/replicas": "2", "restore.platform/run": "this" };

  it("takes what is marked as its own, sets its number and takes the mark off", async () => {
    const { kubectl, patches } = cluster([web(0, marks, 2)]);
    await startOwn(around(kubectl), "this");
    expect(patches).toEqual(["web", "web"]);
  });

  it.each<[string, Record<string, string>]>([
    ["is not marked", {}],
    ["another run has made its own", { ...marks, "restore.platform/run": "later" }],
  ])("leaves alone what %s", async (_, others) => {
    const { kubectl, patches } = cluster([web(0, others)]);
    await startOwn(around(kubectl), "this");
    expect(patches).toEqual([]);
  });

  it("names what does not get ready", async () => {
    const { kubectl } = cluster([web(0, marks, 1)]);
    await expect(startOwn(around(kubectl), "this")).rejects.toThrow("Deployment acme/web");
  });
});

describe("watching a Job", () => {
  const job: Job = { kind: "Job", metadata: { ...place, name: "one" }, spec: { template } };
  const condition = (type: string) => ({ type, status: "True", reason: "R", message: "m" });
  const terminated = (exitCode: number): Pod => ({
    ...pod("Failed"),
    status: { containerStatuses: [{ name: "one", state: { terminated: { exitCode } } }] },
  });
  /** A cluster with this Job's end, its pod, and what `kubectl logs` and `get events` give. */
  const of =
    (
      end: string,
      pods: readonly Pod[],
      logs: string | Error,
      events: readonly string[] = [],
    ): Kubectl =>
    async ([verb, what]) => {
      if (verb === "logs" && logs instanceof Error) throw logs;
      if (verb === "logs") return String(logs);
      if (what === "pods") return JSON.stringify({ items: pods });
      if (what === "events") {
        return JSON.stringify({ items: events.map((message) => ({ message })) });
      }
      return JSON.stringify({ ...job, status: { conditions: [condition(end)] } });
    };
  const watched = (kubectl: Kubectl) => follow(kubectl, job, () => undefined);

  it("gives its log and its exit code", async () => {
    const outcome = await watched(of("Failed", [terminated(5)], "ROWS a 1 2\n"));
    expect(outcome).toEqual({ name: "one", exitCode: 5, log: "ROWS a 1 2\n", why: "R: m" });
  });

  it("says why there is no log", async () => {
    const gone = new ChildFailure("kubectl logs", 1, "no logs found\n");
    const outcome = await watched(of("Complete", [terminated(0)], gone));
    expect(outcome).toEqual({ name: "one", exitCode: 0, log: undefined, why: "no logs found" });
  });

  it("says what kept its pod from starting", async () => {
    const { why, exitCode } = await watched(of("Failed", [], "", ["exceeded quota"]));
    expect([why, exitCode]).toEqual(["exceeded quota\nR: m", undefined]);
  });
});
