/** How a Deployment is retired and brought back, as patches. What the API server makes of them, test/cluster shows. */
import type { Deployment } from "../../../cli/kubernetes";
import {
  isPaused,
  marks,
  pausePatch,
  releasePatch,
  resumePatch,
  startPatch,
  stopPatch,
} from "../../../cli/retire/marks";
import { deployment, scaledObject } from "./support";

const now = new Date("2026-12-01T12:00:00.789Z");
const marked = (replicas: number, before: string, since = "2026-11-01T00:00:00Z"): Deployment =>
  deployment("a", {
    replicas,
    annotations: {
      [marks.replicas]: before,
      [marks.since]: since,
      [marks.until]: "2026-12-01T00:00:00Z",
    },
  });

describe("to zero", () => {
  it("notes the number, the time and the end of the time in the change that scales", () => {
    expect(stopPatch(deployment("a", { replicas: 3 }), now, 30)).toEqual({
      metadata: {
        annotations: {
          "retire.platform/replicas": "3",
          "retire.platform/since": "2026-12-01T12:00:00Z",
          "retire.platform/until": "2026-12-31T12:00:00Z",
        },
      },
      spec: { replicas: 0 },
    });
  });

  it("is refused where the object has changed since it was read", () => {
    const read = deployment("a");
    const versioned = { ...read, metadata: { ...read.metadata, resourceVersion: "7" } };
    expect(stopPatch(versioned, now, 30)?.metadata.resourceVersion).toBe("7");
  });

  it("notes a zero of somebody else's too", () => {
    expect(
      stopPatch(deployment("a", { replicas: 0 }), now, 30)?.metadata.annotations,
    ).toMatchObject({ [marks.replicas]: "0" });
  });

  it("is done once", () => {
    expect(stopPatch(marked(0, "3"), now, 30)).toBeUndefined();
  });

  it("keeps the number of before where somebody has started some since, and counts anew", () => {
    expect(stopPatch(marked(1, "3"), now, 30)?.metadata.annotations).toEqual({
      [marks.replicas]: "3",
      [marks.since]: "2026-12-01T12:00:00Z",
      [marks.until]: "2026-12-31T12:00:00Z",
    });
  });

  it("does not take a zero of before for the number of one that runs by now", () => {
    expect(stopPatch(marked(4, "0"), now, 30)?.metadata.annotations).toMatchObject({
      [marks.replicas]: "4",
    });
  });

  it("takes over another time to keep, counted from when it was stopped", () => {
    expect(stopPatch(marked(0, "3"), now, 60)?.metadata.annotations).toEqual({
      [marks.replicas]: "3",
      [marks.since]: "2026-11-01T00:00:00Z",
      [marks.until]: "2026-12-31T00:00:00Z",
    });
  });

  it("counts anew where nobody can read since when", () => {
    expect(stopPatch(marked(0, "3", "long ago"), now, 30)?.metadata.annotations).toMatchObject({
      [marks.since]: "2026-12-01T12:00:00Z",
    });
  });
});

describe("back", () => {
  it("is the number of before, with the marks still on", () => {
    expect(startPatch(marked(0, "3"))).toEqual({
      metadata: { annotations: {} },
      spec: { replicas: 3 },
    });
  });

  it.each([
    ["is not retired", deployment("a", { replicas: 0 })],
    ["has the number already", marked(3, "3")],
    ["runs with more by now", marked(5, "3")],
    ["runs with less by now", marked(1, "3")],
    ["was at zero before, and runs by now", marked(2, "0")],
    ["was at zero before", marked(0, "0")],
    ["has a mark that is no number", marked(0, "many")],
  ])("changes no replicas of one that %s", (_, object) => {
    expect(startPatch(object)).toBeUndefined();
  });

  it("takes off all marks in the end", () => {
    expect(releasePatch(marked(3, "3")).metadata.annotations).toEqual({
      [marks.replicas]: null,
      [marks.since]: null,
      [marks.until]: null,
    });
  });
});

describe("a ScaledObject", () => {
  const pause = "autoscaling.keda.sh/paused-replicas";
  const object = (annotations = {}) => scaledObject("s", "a", annotations) as Deployment;

  it.each([
    ["that was not paused", {}, "", null],
    ["that was paused at a number", { [pause]: "2" }, "2", "2"],
  ])("%s is held at zero, and let go as it was", (_, before, noted, after) => {
    const held = pausePatch(object(before))?.metadata.annotations;
    expect(held).toEqual({ [marks.paused]: noted, [pause]: "0" });
    expect(resumePatch(object({ ...held }))?.metadata.annotations).toEqual({
      [marks.paused]: null,
      [pause]: after,
    });
  });

  it("is held once, and not let go where somebody else holds it", () => {
    expect(pausePatch(object({ [marks.paused]: "", [pause]: "0" }))).toBeUndefined();
    expect(resumePatch(object({ [pause]: "0" }))).toBeUndefined();
  });

  it.each([
    [true, { [pause]: "0" }],
    [false, { [pause]: "2" }],
    [false, {}],
  ])("is held at zero: %s", (paused, annotations) => {
    expect(isPaused(object(annotations))).toBe(paused);
  });
});
