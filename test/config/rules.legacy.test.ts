/** The rules of the services that the monolith takes over from: whether they run, `npm run retire` asks. */
import { environments } from "../../config/environment";
import { faultsOf, type Said, saidBy, settingsBy } from "./support";

/** What is wrong with prod and some services to retire. */
function faults({ legacy }: { readonly legacy: unknown }): string[] {
  return faultsOf(saidBy("prod", { "faultmaven.legacy": legacy }));
}

describe("the services that are retired", () => {
  const legacy = { namespace: "fm-legacy", deployments: ["fm-case-service", "fm-job-worker"] };

  it("are kept for thirty days, unless the settings say otherwise", () => {
    const kept = (changes: Said): unknown =>
      settingsBy("prod", { "faultmaven.legacy": { ...legacy, ...changes } }).faultmaven.legacy
        ?.keepDays;
    expect([kept({}), kept({ keepDays: 60 })]).toEqual([30, 60]);
  });

  it.each(environments)("are none by default: %s", (environment) => {
    expect(settingsBy(environment).faultmaven.legacy).toBeUndefined();
  });

  it("are some, by their names", () => {
    expect(faults({ legacy: { namespace: "fm-legacy" } })).toEqual([
      "platform:faultmaven.legacy.deployments: nothing is set, expected the names of the Deployments to retire",
    ]);
    expect(faults({ legacy: { ...legacy, deployments: [] } })).toEqual([
      "platform:faultmaven.legacy.deployments: got an empty list, expected a list of at least 1",
    ]);
  });

  it("are each named once", () => {
    expect(faults({ legacy: { ...legacy, deployments: ["a", "b", "a"] } })).toEqual([
      'platform:faultmaven.legacy.deployments[2]: got "a", expected each Deployment once',
    ]);
  });

  it("may live beside ours, and are not ours", () => {
    const beside = { ...legacy, namespace: "faultmaven" };
    expect(faults({ legacy: beside })).toEqual([]);
    expect(
      faults({ legacy: { ...beside, deployments: ["fm-case-service", "faultmaven-green"] } }),
    ).toEqual([
      'platform:faultmaven.legacy.deployments[1]: got "faultmaven-green", expected a Deployment of the old services; this one is a track of ours',
    ]);
  });

  it.each(["thunderline", "philotes", "timescaledb"])(
    "are in no namespace of another system: %s",
    (namespace) => {
      expect(faults({ legacy: { ...legacy, namespace } })).toEqual([
        `platform:faultmaven.legacy.namespace: got "${namespace}", expected a namespace that no other system of this program has`,
      ]);
    },
  );
});
