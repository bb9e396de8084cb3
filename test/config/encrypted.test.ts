/** Which encrypted settings a stack has to have; whether it has them, the rules say. */
import { referredKeys } from "../../config/encrypted";

function setting(key: string): object {
  return { from: "setting", key };
}

describe("the encrypted settings that a stack refers to", () => {
  it("include those that it names itself, wherever they stand", () => {
    const said = {
      environment: "dev",
      thunderline: { secrets: { secretKeyBase: setting("deep") } },
      redis: { any: [{ list: setting("listed") }] },
    };
    expect(referredKeys(said)).toEqual(expect.arrayContaining(["deep", "listed"]));
  });

  it("include the pull credentials, which are no secret of a system", () => {
    const cluster = { registryCredentials: { key: "pull" } };
    expect(referredKeys({ environment: "dev", cluster })).toContain("pull");
  });

  it("are none of a secret that is generated or somebody else's", () => {
    const secrets = {
      secretKeyBase: { from: "generated", key: "none" },
      releaseCookie: { from: "existing", secretName: "theirs", key: "neither" },
    };
    const keys = referredKeys({ environment: "dev", thunderline: { secrets } });
    expect(keys.filter((key) => ["none", "neither"].includes(key))).toEqual([]);
  });

  it("are named once each, in a stable order", () => {
    const secrets = { b: setting("b"), a: setting("a"), again: setting("b") };
    const keys = referredKeys({ environment: "dev", thunderline: { secrets } });
    expect(keys).toEqual([...new Set(keys)].sort());
  });

  it.each([
    ["a map that is text", { environment: "dev", cluster: "{" }],
    [
      "a key that is no text",
      { environment: "dev", thunderline: { secrets: setting(7 as never) } },
    ],
    ["nothing", {}],
  ])("are found without a complaint in %s", (_what, said) => {
    expect(() => referredKeys(said)).not.toThrow();
  });
});
