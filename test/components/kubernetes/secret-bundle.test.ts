/** Proves what is declared of a secret; that no value leaves the state in clear, the engine tests show. */
import { SecretBundle } from "../../../components/kubernetes/secret-bundle";
import { given } from "../../../components/scope";
import { bundle, encrypted, existing, generations, inProd, setting } from "../../support/bundle";
import { generatedPassword } from "../../support/recorder";
import { testScope } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

describe("a generated secret", () => {
  it("is a value of the random provider, named after its entry", async () => {
    expect(generations(await bundle({ from: "generated" }))).toEqual(["acme-login-password"]);
  });

  it("is as long as its consumer wants it, of letters and digits alone", async () => {
    const { inputs } = (await bundle({ from: "generated" })).resource("acme-login-password");
    expect(inputs).toMatchObject({ length: 20, special: false });
  });

  it("is the content of the bundle's Secret", async () => {
    const synthesis = await bundle({ from: "generated" });
    expect(synthesis.object("Secret", "login").stringData).toEqual({
      password: generatedPassword("acme-login-password", 20),
    });
  });

  it("resists deletion where data does, and so does its Secret", async () => {
    const synthesis = await bundle({ from: "generated" }, { retention: inProd });
    expect(synthesis.protected).toEqual(["acme-login-password", "Secret/login"]);
  });

  it("goes with everything else where data does", async () => {
    expect((await bundle({ from: "generated" })).protected).toEqual([]);
  });
});

describe("a secret of the stack's own settings", () => {
  it("is the content of the bundle's Secret", async () => {
    const synthesis = await bundle(setting, { encrypted });
    expect(synthesis.object("Secret", "login").stringData).toEqual({ password: "set by hand" });
  });

  it("is secret on its way to the Secret", async () => {
    const synthesis = await bundle(setting, { encrypted });
    expect(synthesis.resource("Secret/login").secretPaths).toEqual(["stringData"]);
  });

  it("generates nothing", async () => {
    expect(generations(await bundle(setting, { encrypted }))).toEqual([]);
  });
});

describe("a secret that exists already", () => {
  it("is referred to by its own name and key", async () => {
    const { value } = await bundle(existing);
    expect(value.ref("password")).toMatchObject({ secretName: "theirs", key: "pw" });
  });

  it("makes nothing", async () => {
    const { resources } = await bundle(existing);
    expect(resources.filter(({ custom }) => custom)).toEqual([]);
  });

  it("leaves the bundle without a Secret of its own", async () => {
    expect((await bundle(existing)).value.secretName).toBeUndefined();
  });
});

describe("a bundle of several secrets", () => {
  const mixed = (): Promise<Synthesis<SecretBundle<"made" | "found">>> =>
    synth(
      () =>
        new SecretBundle("acme-login", {
          scope: testScope(),
          name: "login",
          entries: {
            made: { choice: { from: "generated" }, length: 8 },
            found: { choice: existing, length: 8 },
          },
          retention: given,
        }),
    );

  it("puts only its own ones in its Secret", async () => {
    expect(Object.keys((await mixed()).object("Secret", "login").stringData)).toEqual(["made"]);
  });

  it("makes readers of its own ones wait for its Secret", async () => {
    expect((await mixed()).value.ref("made").ready).toHaveLength(1);
  });

  it("makes readers of other ones wait for nothing of it", async () => {
    expect((await mixed()).value.ref("found").ready).toEqual([]);
  });
});

describe("a rendered secret", () => {
  it("shows a placeholder that says which value belongs there", async () => {
    const synthesis = await bundle({ from: "generated" }, { placeholders: true });
    expect(synthesis.object("Secret", "login").stringData).toEqual({
      password: "<acme/login/password>",
    });
  });
});
