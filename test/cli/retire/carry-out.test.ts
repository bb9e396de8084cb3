/** The steps on a cluster in memory: what they change, in which order, and what a second run still does. */
import { readJournal } from "../../../cli/journal";
import { type Api, ApiFault } from "../../../cli/kubernetes";
import { marks } from "../../../cli/retire/marks";
import { file, run, stateOf, two } from "./running";
import { clusterOf, deployment, namespace, scaledObject, successor } from "./support";

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

  it("does not delete one whose time the settings of today have made longer", async () => {
    const days = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString();
    const shorter = {
      ...{ [marks.replicas]: "2", [marks.since]: days(20), [marks.until]: days(10) },
    };
    const api = clusterOf(
      ...successor,
      deployment("fm-api-gateway", { replicas: 0, annotations: shorter }),
    );
    await expect(run(api, "remove")).rejects.toThrow("kept for longer meanwhile");
    expect(api.calls).toEqual([]);
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
