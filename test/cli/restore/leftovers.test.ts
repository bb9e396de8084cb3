/** What runs that were cut short have left: Jobs, and writers that are stopped still. */
import type { Kubectl } from "../../../cli/cluster";
import { silent } from "../../../cli/progress";
import { StayStopped } from "../../../cli/restore/faults";
import { sorted, startLeft } from "../../../cli/restore/leftovers";
import type { Job, Workload } from "../../../cli/restore/objects";

const template = { spec: { containers: [] } };
const job = (task: string, suspend: boolean, end?: string): Job => ({
  kind: "Job",
  metadata: { name: "one", namespace: "acme", labels: { "restore.platform/task": task } },
  spec: { suspend, template },
  status: { conditions: end === undefined ? [] : [{ type: end, status: "True" }] },
});
const begun = job("restore", false);
const waiting = job("restore", true);

it("is told apart: at work, not begun, ended, or a listing of somebody's", () => {
  const ended = job("restore", false, "Failed");
  const all = [begun, waiting, ended, job("list", false), job("list", false, "Complete")];
  expect(sorted(all)).toEqual({ begun: [begun], waiting: [waiting], ended: [ended] });
});

describe("writers that are stopped still", () => {
  const marks = { "restore.platform/replicas": "2", "restore.platform/run": "earlier" };
  const server = (annotations: Record<string, string>): Workload => ({
    kind: "Deployment",
    metadata: { name: "web", namespace: "acme", annotations },
    spec: { replicas: 0, template },
    status: { readyReplicas: 2 },
  });

  /** The names of what is patched; `now` is how the server is when it is read again. */
  async function started(
    found: readonly Workload[],
    jobs: readonly Job[] = [],
    now = found,
  ): Promise<string[]> {
    const patched: string[] = [];
    const kubectl: Kubectl = async ([verb, what = "", name = ""]) => {
      if (verb === "patch") patched.push(name);
      if (verb === "patch") return "";
      if (name !== "--namespace") return JSON.stringify(now[0]);
      return JSON.stringify({ items: what === "jobs.batch" ? jobs : found });
    };
    const patience = { toStopMs: 0, toStartMs: 0 };
    await startLeft({ kubectl, namespaces: ["acme"], keda: false, progress: silent, patience });
    return patched;
  }

  it("are started, and their marks taken off", async () => {
    expect(await started([server(marks)], [job("restore", false, "Failed")])).toEqual([
      "web",
      "web",
    ]);
  });

  it.each([
    ["at work", begun],
    ["about to be", waiting],
  ])("stay so while a restore is %s", async (_, other) => {
    await expect(started([server(marks)], [other])).rejects.toThrow(StayStopped);
  });

  it("stay so where another run has stopped them for itself meanwhile", async () => {
    const theirs = server({ ...marks, "restore.platform/run": "later" });
    expect(await started([server(marks)], [], [theirs])).toEqual([]);
  });

  it("are no reason to refuse anything where there are none", async () => {
    expect(await started([server({})], [begun])).toEqual([]);
  });
});
