/** Proves what holds for every stack as a whole; what one part has to do, its own file says. */
import { environments } from "../../../../config/environment";
import { faultmaven } from "../../../support/faultmaven";
import { invariants } from "../../../support/invariants";
import { holdsData } from "../../../support/invariants/secrets";
import { titleOf } from "../../../support/manifests";
import { stackSettings } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";

describe.each(environments)("in the stack %s", (environment) => {
  let synthesis: Synthesis<unknown>;
  beforeAll(async () => {
    synthesis = await faultmaven(stackSettings(environment));
  });

  it.each(Object.entries(invariants))("%s", (_, invariant) => {
    expect(invariant(synthesis, {})).toEqual([]);
  });

  it("data and what opens it resist deletion, and nothing else does", () => {
    const held = environment === "dev" ? [] : synthesis.resources.filter(holdsData).map(titleOf);
    expect(synthesis.protected).toEqual(held);
  });
});
