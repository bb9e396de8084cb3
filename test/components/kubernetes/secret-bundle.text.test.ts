/** Proves what a secret that is put together from another one is made of; that a client takes it, only a real one shows. */
import { surrounded } from "../../../components/kubernetes/env";
import { SecretBundle } from "../../../components/kubernetes/secret-bundle";
import { given } from "../../../components/scope";
import type { SecretChoice } from "../../../config/blocks";
import { bundle, encrypted, existing, type Options, setting } from "../../support/bundle";
import { textOf } from "../../support/outputs";
import { generatedPassword } from "../../support/recorder";
import { testScope } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

describe("a secret's text, for putting together another one", () => {
  const password = async (choice: SecretChoice, options: Options = {}): Promise<unknown> =>
    textOf((await bundle(choice, options)).value.text("password"));

  it("is that of every generation of a generated one", async () => {
    expect(await password({ from: "generated", rotation: 2 })).toEqual({
      texts: {
        1: generatedPassword("acme-login-password", 20),
        2: generatedPassword("acme-login-password-2", 20),
      },
      rotation: 2,
    });
  });

  it("is the encrypted setting, with the generation that the settings name", async () => {
    expect(await password({ ...setting, rotation: 3 }, { encrypted })).toEqual({
      texts: { 1: "set by hand" },
      rotation: 3,
    });
  });

  it("is unknown where somebody else keeps it", async () => {
    expect(await password(existing)).toBeUndefined();
  });

  it("is unknown there too while the generations before it stay declared", async () => {
    expect(await password({ ...existing, keepGenerations: 2 })).toBeUndefined();
  });
});

describe("a secret that is put together from another one", () => {
  const given4 = { ...setting, rotation: 4 };
  const composed = (
    placeholders = false,
    choice: SecretChoice = given4,
  ): Promise<Synthesis<SecretBundle<"url">>> =>
    synth(() => {
      const scope = testScope({ encrypted, placeholders });
      const login = new SecretBundle("acme-login", {
        scope,
        name: "login",
        entries: { password: { choice, length: 20 } },
        retention: given,
      });
      const url = surrounded(login.text("password")!, "db://me:", "@db/acme");
      return new SecretBundle("acme-app", {
        scope,
        name: "app",
        entries: { url },
        retention: given,
      });
    });

  it("is the content of the bundle's Secret", async () => {
    expect((await composed()).object("Secret", "app").stringData).toEqual({
      url: "db://me:set by hand@db/acme",
    });
  });

  it("is secret on its way to the Secret", async () => {
    expect((await composed()).resource("Secret/app").secretPaths).toEqual(["stringData"]);
  });

  it("has the generation of what is in it, so that its readers roll with that", async () => {
    expect((await composed()).value.ref("url")).toMatchObject({
      secretName: "app",
      key: "url",
      rotation: 4,
    });
  });

  it("has a key for each generation of what is in it", async () => {
    const synthesis = await composed(false, { from: "generated", rotation: 2 });
    const { stringData } = synthesis.object("Secret", "app");
    expect(Object.keys(stringData)).toEqual(["url", "url-2"]);
    expect(synthesis.value.ref("url").key).toBe("url-2");
  });

  it("can be part of a third one", async () => {
    expect((await composed()).value.text("url")).toMatchObject({ rotation: 4 });
  });

  it("shows a placeholder of its own where secrets are rendered", async () => {
    expect((await composed(true)).object("Secret", "app").stringData).toEqual({
      url: "<acme/app/url>",
    });
  });
});
