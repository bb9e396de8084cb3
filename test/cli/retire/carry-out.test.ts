/** The steps on a cluster in memory: what they change, in which order, and what a second run still does. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Journal, readJournal } from "../../../cli/journal";
import { type Api, ApiFault, type Deployment } from "../../../cli/kubernetes";
import { silent } from "../../../cli/progress";
import { carryOut, look, type StepName, type Timing } from "../../../cli/retire";
import { marks } from "../../../cli/retire/marks";
import { clusterOf, deployment, faultmaven, namespace, scaledObject, successor } from "./support";

const folder = mkdtempSync(join(tmpdir(), "platform-retire-"));
const file = join(folder, "record.json");
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(api: Api, step: StepName): Promise<Timing> {
  const head = { command: "retire", context: "fake", startedAt: "" };
  const journal = new Journal(file, head, silent);
  const { legacy } = faultmaven;
  const site = { api, legacy, journal, progress: silent, patienceMs: 30, pollMs: 5 };
  return carryOut(site, await look(api, faultmaven, new Date()), step);
}

const two = [
  deployment("fm-api-gateway", { replicas: 3 }),
  deployment("fm-case-service", { replicas: 0 }),
];
const stateOf = ({ objects }: ReturnType<typeof clusterOf>) =>
  (objects as readonly Deployment[])
    .filter((it) => it.kind === "Deployment" && it.metadata.namespace === namespace)
    .map(({ metadata, spec }) => [metadata.name, spec?.replicas, metadata.annotations ?? {}]);
const names = (calls: readonly string[]): string[] =>
  calls.map((call) => call.split(" ").slice(0, 3).join(" "));

describe("a cluster with old services", () => {
  it("has them as they were after a way there and back", async () => {
    const api = clusterOf(...successor, ...two);
    const before = stateOf(api);
    await run(api, "apply");
    expect(stateOf(api).map(([name, replicas]) => [name, replicas])).toEqual([
      ["fm-api-gateway", 0],
      ["fm-case-service", 0],
    ]);
    await run(api, "back");
    expect(stateOf(api)).toEqual(before);
  });

  it("is changed in the order of the settings, and back in the other", async () => {
    const running = two.map(({ metadata }) => deployment(metadata.name));
    const api = clusterOf(...successor, ...running);
    await run(api, "apply");
    expect(names(api.calls)).toEqual([
      `patch Deployment ${namespace}/fm-api-gateway`,
      `patch Deployment ${namespace}/fm-case-service`,
    ]);
    const done = api.calls.length;
    await run(api, "back");
    expect(names(api.calls.slice(done))[0]).toBe(`patch Deployment ${namespace}/fm-case-service`);
  });

  it("has no other object changed", async () => {
    const api = clusterOf(...successor, ...two, deployment("shop"));
    await run(api, "apply");
    await run(api, "back");
    expect(api.calls.filter((call) => !/fm-api-gateway|fm-case-service/.test(call))).toEqual([]);
  });

  it("is not changed by a second run", async () => {
    const api = clusterOf(...successor, ...two);
    await run(api, "apply");
    const done = api.calls.length;
    const { deployments } = await run(api, "apply");
    expect([api.calls.length, deployments]).toEqual([done, []]);
  });
});

describe("the number of before", () => {
  it("is noted before KEDA is told to take it away, and KEDA is let go before it is set again", async () => {
    const api = clusterOf(...successor, ...two, scaledObject("s", "fm-api-gateway"));
    await run(api, "apply");
    expect(names(api.calls).slice(0, 2)).toEqual([
      `patch Deployment ${namespace}/fm-api-gateway`,
      `patch ScaledObject ${namespace}/s`,
    ]);
    const done = api.calls.length;
    await run(api, "back");
    const back = names(api.calls.slice(done));
    expect(back.indexOf(`patch ScaledObject ${namespace}/s`)).toBeLessThan(
      back.indexOf(`patch Deployment ${namespace}/fm-api-gateway`),
    );
  });

  it("is that of the moment: a change in between is read again", async () => {
    const api = clusterOf(...successor, ...two);
    const patch: Api["patch"] = (...args) => api.patch(...args);
    let refused = false;
    const racing = Object.create(api, {
      patch: {
        value: async (...[object, change]: Parameters<Api["patch"]>) => {
          if (refused) return patch(object, change);
          refused = true;
          await patch(object, { spec: { replicas: 7 } });
          throw new ApiFault(409, "Conflict", "the object has been modified");
        },
      },
    }) as Api;
    await run(racing, "apply");
    expect(stateOf(api)[0]).toEqual([
      "fm-api-gateway",
      0,
      expect.objectContaining({ [marks.replicas]: "7" }),
    ]);
  });
});

describe("a step that does not end", () => {
  it("tells which pods are left, and leaves the marks for the next run", async () => {
    const metadata = { name: "set", namespace, uid: "set" };
    const left = [
      {
        ...{ apiVersion: "apps/v1", kind: "ReplicaSet" },
        metadata: { ...metadata, ownerReferences: [{ uid: "fm-api-gateway-uid" }] },
      },
      {
        ...{ apiVersion: "v1", kind: "Pod" },
        metadata: { name: "fm-api-gateway-x", namespace, ownerReferences: [{ uid: "set" }] },
      },
    ];
    const api = clusterOf(...successor, ...two, ...left);
    await expect(run(api, "apply")).rejects.toThrow(
      "Deployment fm-api-gateway has still fm-api-gateway-x after",
    );
    expect(stateOf(api).map(([, replicas]) => replicas)).toEqual([0, 0]);
  });

  it("tells why replicas are not ready, and does not hold back the others", async () => {
    const marked = (name: string): Deployment =>
      deployment(name, { replicas: 0, annotations: { [marks.replicas]: "2" } });
    const api = clusterOf(...successor, marked("fm-api-gateway"), marked("fm-case-service"));
    const read = (...args: Parameters<Api["read"]>) => api.read(...args);
    const waiting = Object.create(api, {
      read: {
        value: async (...args: Parameters<Api["read"]>) => {
          const found = (await read(...args)) as Deployment | undefined;
          return found?.metadata.name === "fm-case-service"
            ? { ...found, status: { observedGeneration: 1, readyReplicas: 1 } }
            : found;
        },
      },
    }) as Api;
    await expect(run(waiting, "back")).rejects.toThrow(
      "Deployment fm-case-service has 1 of 2 replicas ready after",
    );
    expect(stateOf(api)).toEqual([
      ["fm-api-gateway", 2, {}],
      ["fm-case-service", 2, { [marks.replicas]: "2" }],
    ]);
  });

  it("scales down again what somebody has scaled up meanwhile", async () => {
    const api = clusterOf(...successor, ...two);
    const patch: Api["patch"] = (...args) => api.patch(...args);
    let raised = false;
    const racing = Object.create(api, {
      patch: {
        value: async (...[object, change]: Parameters<Api["patch"]>) => {
          await patch(object, change);
          if (raised) return;
          raised = true;
          await patch(object, { spec: { replicas: 1 } });
        },
      },
    }) as Api;
    await run(racing, "apply");
    expect(stateOf(api)[0]).toEqual([
      "fm-api-gateway",
      0,
      expect.objectContaining({ [marks.replicas]: "3" }),
    ]);
  });
});

describe("--remove", () => {
  const over = (until: string) => ({
    replicas: 0,
    annotations: {
      [marks.replicas]: "2",
      [marks.since]: "2020-01-01T00:00:00Z",
      [marks.until]: until,
    },
  });

  it("deletes the Deployments of the list, and nothing else", async () => {
    const past = over("2020-02-01T00:00:00Z");
    const api = clusterOf(
      ...successor,
      ...[deployment("fm-api-gateway", past), deployment("fm-case-service", past)],
      deployment("shop"),
    );
    await run(api, "remove");
    expect(api.calls).toEqual([
      `remove Deployment ${namespace}/fm-api-gateway`,
      `remove Deployment ${namespace}/fm-case-service`,
    ]);
  });

  it("does not delete one that was started or kept for longer since it was looked at", async () => {
    const api = clusterOf(...successor, deployment("fm-api-gateway", over("2999-01-01T00:00:00Z")));
    await expect(run(api, "remove")).rejects.toThrow("kept for longer meanwhile");
    expect(api.calls).toEqual([]);
  });
});

describe("the record", () => {
  it("has each Deployment with its time, and the whole", async () => {
    await run(clusterOf(...successor, ...two), "apply");
    const { entries } = readJournal(file);
    expect(entries.map(({ what, outcome, seconds }) => [what, outcome, typeof seconds])).toEqual([
      ["retire the old services", "done", "number"],
      [`scale Deployment ${namespace}/fm-api-gateway from 3 to 0`, "done", "number"],
      [
        `mark Deployment ${namespace}/fm-case-service as retired, which is at 0 already`,
        "done",
        "number",
      ],
    ]);
  });
});
