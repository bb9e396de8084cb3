/** Proves in which order phases are done, undone and taken up again, with phases that only take notes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  advance,
  goAllBack,
  type Phase,
  phases,
  planConsolidation,
  releasesOf,
  type Releases,
  type Site,
  Store,
} from "../../../cli/consolidate";
import type { PhaseStep } from "../../../cli/consolidate/model";
import { silent } from "../../../cli/progress";
import { fakeApi } from "../../support/fake-api";

const request = {
  ...{ keep: "thunderline/thunderline", retire: ["thunder/thunderline"] },
  place: { stack: "dev", context: "platform-dev" },
};

describe("a consolidation", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-consolidate-"));
  let count = 0;
  let notes: string[] = [];
  let failing: Phase | undefined;
  let store: Store;

  const steps = phases.map((name): PhaseStep => {
    const undone = name === "audit" || name === "backup" || name === "validate";
    return {
      ...{ name, why: "because", require: async () => undefined },
      plan: async () => [`would ${name}`],
      run: async () => {
        notes.push(name);
        if (failing === name) throw new Error(`${name} failed\nat length`);
        return { says: `${name} is done` };
      },
      ...(undone
        ? {}
        : {
            back: async () => {
              notes.push(`back ${name}`);
              return `${name} is undone`;
            },
          }),
    };
  });
  const releases = { keep: { name: "x", namespace: "y", secrets: [], objects: [] }, retire: [] };
  const site = (): Site => ({ api: fakeApi(), store, progress: silent }) as unknown as Site;
  const go = (to: Phase = "validate") =>
    advance(site(), releases as unknown as Releases, to, steps);
  const back = () => goAllBack(site(), releases as unknown as Releases, steps);

  beforeEach(() => {
    notes = [];
    failing = undefined;
    count += 1;
    store = new Store(join(folder, String(count)));
    store.open(request.place, request);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("goes through its phases in their order, as far as was asked", async () => {
    const { done } = await go("merge");
    expect(notes).toEqual(["audit", "backup", "merge"]);
    expect(done.map(({ says }) => says)).toEqual([
      "audit is done",
      "backup is done",
      "merge is done",
    ]);
  });

  it("goes on behind what is done", async () => {
    await go("backup");
    notes = [];
    await go();
    expect(notes).toEqual(["merge", "retire", "apply", "validate"]);
  });

  it("takes up a phase that has failed, and writes down of what", async () => {
    failing = "apply";
    await expect(go()).rejects.toThrow("apply failed");
    expect(store.read()?.phases.apply).toMatchObject({ outcome: "failed", says: "apply failed" });
    notes = [];
    failing = undefined;
    await go();
    expect(notes).toEqual(["apply", "validate"]);
  });

  it("takes up a phase in which it was cut off", async () => {
    await go("merge");
    store.note("retire", "begun");
    notes = [];
    await go("retire");
    expect(notes).toEqual(["retire"]);
  });

  it("ends where a phase says that somebody has to look", async () => {
    const stopping = steps.map((step): PhaseStep =>
      step.name === "merge"
        ? { ...step, run: async () => ({ says: "written", stop: "look at it" }) }
        : step,
    );
    const result = await advance(site(), releases as unknown as Releases, "validate", stopping);
    expect(result.stop).toBe("look at it");
    expect(notes).toEqual(["audit", "backup"]);
  });

  it.each(phases)("goes back from %s, the last one first, and forwards again", async (phase) => {
    await go(phase);
    notes = [];
    await back();
    expect(notes).toEqual(["back apply", "back retire", "back merge"]);
    notes = [];
    await go();
    expect(notes).toEqual(["backup", "merge", "retire", "apply", "validate"]);
  });

  it("undoes what the cluster has, also where its own notes are lost", async () => {
    await back();
    expect(notes).toEqual(["back apply", "back retire", "back merge"]);
  });

  it("takes a phase up again whose way back was cut off", async () => {
    await go();
    const cut = steps.map((step): PhaseStep =>
      step.name === "retire" ? { ...step, back: () => Promise.reject(new Error("killed")) } : step,
    );
    await expect(goAllBack(site(), releases as unknown as Releases, cut)).rejects.toThrow("killed");
    notes = [];
    await go();
    expect(notes).toEqual(["retire", "apply", "validate"]);
  });

  it("archives anew what has run since it was gone back on", async () => {
    await go();
    await back();
    expect(store.read()?.undoneAt).toBeDefined();
    expect(store.read()?.phases.backup?.outcome).toBe("undone");
  });

  it("shows of a phase that is done what came of it, of others what they would do", async () => {
    await go("audit");
    const { plans } = await planConsolidation(site(), releases as unknown as Releases, steps);
    expect(plans.slice(0, 2).map(({ phase, lines }) => [phase, lines])).toEqual([
      ["audit", []],
      ["backup", ["would backup"]],
    ]);
    expect(plans[0]?.state).toMatch(/^done at .*, audit is done$/);
  });

  it("has no way back once leftovers are deleted", async () => {
    await go();
    store.noteLeftovers();
    await expect(releasesOf(site())).rejects.toThrow("there is no way back");
  });

  it("is not mixed up with another one", () => {
    expect(() => store.check(request.place, { ...request, retire: ["cerebros/thunder"] })).toThrow(
      "is of a consolidation with --retire thunder/thunderline, and this is cerebros/thunder",
    );
  });
});
