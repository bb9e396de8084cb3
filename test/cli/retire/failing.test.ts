/** Steps that do not end well, on a cluster in memory: what is told, what is done all the same, what is kept. */
import { setTimeout as sleep } from "node:timers/promises";

import type { Journal } from "../../../cli/journal";
import { type Api, ApiFault, type Deployment } from "../../../cli/kubernetes";
import { marks } from "../../../cli/retire/marks";
import { journalOf, run, stateOf, two } from "./running";
import { clusterOf, deployment, namespace, successor } from "./support";

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

  it("is told where it cannot be begun for one, and is done for the others", async () => {
    const running = two.map(({ metadata }) => deployment(metadata.name));
    const api = clusterOf(...successor, ...running);
    const patch: Api["patch"] = (...args) => api.patch(...args);
    const refusing = Object.create(api, {
      patch: {
        value: async (...[object, change]: Parameters<Api["patch"]>) => {
          if (object.metadata.name === "fm-api-gateway") {
            throw new ApiFault(403, "Forbidden", "patch is refused");
          }
          // A server takes its time: a rejection that nobody handles would end the process in it.
          await sleep(20);
          await patch(object, change);
        },
      },
    }) as Api;
    await expect(run(refusing, "apply")).rejects.toThrow("patch is refused");
    expect(stateOf(api).map(([, replicas]) => replicas)).toEqual([2, 0]);
  });

  it("is told where its record cannot be written", async () => {
    const api = clusterOf(...successor, ...two);
    const journal = journalOf();
    let entries = 0;
    const full = Object.create(journal, {
      do: {
        value: async (...[what, why, work]: Parameters<Journal["do"]>) => {
          entries += 1;
          if (entries > 1) throw new Error("no space left on device");
          return journal.do(what, why, work);
        },
      },
    }) as Journal;
    await expect(run(api, "apply", full)).rejects.toThrow("no space left on device");
  });

  it("is told of what is at zero again after it was started, and keeps the number", async () => {
    const api = clusterOf(
      ...successor,
      deployment("fm-api-gateway", { replicas: 0, annotations: { [marks.replicas]: "2" } }),
    );
    const patch: Api["patch"] = (...args) => api.patch(...args);
    const resetting = Object.create(api, {
      patch: {
        value: async (...[object, change]: Parameters<Api["patch"]>) => {
          await patch(object, change);
          await patch(object, { spec: { replicas: 0 } });
        },
      },
    }) as Api;
    await expect(run(resetting, "back")).rejects.toThrow(
      "Deployment fm-api-gateway was scaled to 0 again",
    );
    expect(stateOf(api)).toEqual([["fm-api-gateway", 0, { [marks.replicas]: "2" }]]);
  });

  it("is told of what is set to zero between the last look and the end", async () => {
    const api = clusterOf(
      ...successor,
      deployment("fm-api-gateway", { replicas: 0, annotations: { [marks.replicas]: "2" } }),
    );
    const read = (...args: Parameters<Api["read"]>) => api.read(...args);
    let reads = 0;
    const resetting = Object.create(api, {
      read: {
        value: async (...args: Parameters<Api["read"]>) => {
          const found = (await read(...args)) as Deployment | undefined;
          if (found?.metadata.name !== "fm-api-gateway") return found;
          reads += 1;
          // It is read to be started, to see whether it is ready, and to take the marks off.
          return reads < 3 ? found : { ...found, spec: { ...found.spec, replicas: 0 } };
        },
      },
    }) as Api;
    await expect(run(resetting, "back")).rejects.toThrow("was scaled to 0 again");
    expect(stateOf(api)).toEqual([["fm-api-gateway", 2, { [marks.replicas]: "2" }]]);
  });

  it("leaves what runs by now as it is, and takes the stale marks off", async () => {
    const api = clusterOf(
      ...successor,
      deployment("fm-api-gateway", { replicas: 5, annotations: { [marks.replicas]: "2" } }),
    );
    await run(api, "back");
    expect(stateOf(api)).toEqual([["fm-api-gateway", 5, {}]]);
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
