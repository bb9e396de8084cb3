/** Proves what holds for every stack as a whole; what one part has to do, its own file says. */
import { environments } from "../../../../config/environment";
import { invariants } from "../../../support/invariants";
import { holdsData } from "../../../support/invariants/secrets";
import { titleOf } from "../../../support/manifests";
import { stackSettings } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";
import { telemetry } from "../../../support/telemetry";

/** What somebody else keeps can be given again. */
const given = ["Secret/mqtt-credentials"];

describe.each(environments)("in the stack %s", (environment) => {
  let synthesis: Synthesis<unknown>;
  beforeAll(async () => {
    synthesis = await telemetry(stackSettings(environment));
  });

  it.each(Object.entries(invariants))("%s", (_, invariant) => {
    expect(invariant(synthesis, {})).toEqual([]);
  });

  it("data and what opens it resist deletion, and nothing else does", () => {
    const held = environment === "dev" ? [] : synthesis.resources.filter(holdsData).map(titleOf);
    expect(synthesis.protected).toEqual(held.filter((title) => !given.includes(title)));
  });
});
