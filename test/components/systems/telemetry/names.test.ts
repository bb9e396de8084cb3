/** Proves the name by which brokers know a stack: always fit for MQTT, and never that of another stack. */
import { ownName } from "../../../../components/systems/telemetry/names";
import type { ClusterSettings } from "../../../../config/cluster";
import { testScope } from "../../../support/scope";

function nameOf(cluster: Partial<ClusterSettings>, instance = "telemetry"): string {
  return ownName({ ...testScope({ cluster }), instance });
}

describe("the name by which brokers know a stack", () => {
  it("is that of its cluster and its own", () => {
    expect(nameOf({ identifier: "home" })).toBe("home-telemetry");
  });

  it("is that of the context where the cluster has no other", () => {
    expect(nameOf({ identifier: undefined, context: "lab" })).toBe("lab-telemetry");
  });

  it.each([
    ["other characters", "arn:aws:eks/one", "arn:aws:eks/two"],
    ["more than 64 characters", `${"x".repeat(70)}1`, `${"x".repeat(70)}2`],
  ])("is shortened to a hash where it has %s, another one for each cluster", (_what, one, two) => {
    const names = [nameOf({ identifier: one }), nameOf({ identifier: two })];
    for (const name of names) expect(name).toMatch(/^telemetry-[a-z0-9]+$/);
    expect(new Set(names).size).toBe(2);
  });
});
