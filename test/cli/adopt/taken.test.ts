/** Proves what a later step knows of an earlier one, which may have been killed; test/cluster kills a real one. */
import type { Adoption } from "../../../cli/adopt";
import { requireStopped } from "../../../cli/adopt/back";
import type { Judged } from "../../../cli/adopt/judge";
import { type Taken, takenIn, takenOf } from "../../../cli/adopt/taken";
import { holding, nothing, release, workload } from "./support";

const old = workload("StatefulSet", "old", { containers: [] });
const one: Judged = {
  holding: holding({ name: "db", image: "postgres:16" }, "/data"),
  verdict: { adopt: true, settings: [], notes: [] },
  left: false,
};
const taken: Taken = {
  ...{ claims: { "data-old-db-0": "1" }, left: [], secrets: ["db"] },
  workloads: ["StatefulSet old"],
};

function adoption(changes: Partial<Adoption> = {}): Adoption {
  const proposed = [
    { path: ["a"], value: { from: "existing", secretName: "db", key: "a" }, must: true },
  ];
  const live = { ...nothing, workloads: [old] };
  return { release: release(), live, judged: [one], proposed, ...changes } as Adoption;
}

describe("what is taken over", () => {
  it("is claims by their ids, Secrets, and the workloads that are stopped for it", () => {
    expect(takenOf(adoption())).toEqual(taken);
  });

  it("is still known when the old workloads are gone, and with them the claims' users", () => {
    const after = adoption({
      ...{ release: release({ taken }), live: nothing, judged: [], proposed: [] },
    });
    expect(takenOf(after)).toEqual(taken);
  });

  it("keeps the id that a claim had: one that was made anew is another one", () => {
    const anew = { ...one, holding: { ...one.holding, uid: "2" } };
    const after = adoption({ release: release({ taken }), judged: [anew] });
    expect(takenOf(after).claims).toEqual({ "data-old-db-0": "1" });
  });

  it("is without a claim that stays where it is", () => {
    const after = adoption({ release: release({ taken }), judged: [{ ...one, left: true }] });
    expect(takenOf(after)).toMatchObject({ claims: {}, left: ["data-old-db-0"] });
  });

  it("is read from the record of the release", () => {
    expect(takenIn({ "adopt.platform/taken": JSON.stringify(taken) })).toEqual(taken);
    expect(takenIn(undefined)).toBeUndefined();
  });
});

describe("the way back", () => {
  it("is there as long as all that was stopped is", () => {
    expect(() => {
      requireStopped(release({ taken }), { ...nothing, workloads: [old] });
    }).not.toThrow();
  });

  it("is not there where nothing was taken over: ours would go for nothing", () => {
    expect(() => {
      requireStopped(release(), { ...nothing, workloads: [old] });
    }).toThrow("Nothing of release thunderline was taken over: there is nothing to go back from.");
  });

  it("is not there any more when a part of the old is gone", () => {
    expect(() => {
      requireStopped(release({ taken }), nothing);
    }).toThrow("Release thunderline cannot be started again: StatefulSet old is gone.");
  });
});
