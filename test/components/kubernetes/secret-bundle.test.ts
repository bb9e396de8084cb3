/** Proves what is declared of a secret; that no value leaves the state in clear, the engine tests show. */
import * as pulumi from "@pulumi/pulumi";

import { SecretBundle } from "../../../components/kubernetes/secret-bundle";
import { given, retention, type Retention } from "../../../components/scope";
import type { SecretChoice } from "../../../config/blocks";
import { postures } from "../../../config/environment";
import { valueOf } from "../../support/outputs";
import { generatedPassword } from "../../support/recorder";
import { type Surroundings, testScope } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

interface Options extends Surroundings {
  readonly retention?: Retention;
}

/** A bundle named `login` with one entry, `password`. */
function bundle(
  choice: SecretChoice,
  { retention: kept = given, ...surroundings }: Options = {},
): Promise<Synthesis<SecretBundle<"password">>> {
  return synth(
    () =>
      new SecretBundle("acme-login", {
        scope: testScope(surroundings),
        name: "login",
        entries: { password: { choice, length: 20 } },
        retention: kept,
      }),
  );
}

const inProd = retention(postures.prod, true, "keep");
const encrypted = { loginPassword: pulumi.secret("set by hand") };
const existing = { from: "existing", secretName: "theirs", key: "pw", rotation: 1 } as const;
const setting = { from: "setting", key: "loginPassword", rotation: 1 } as const;

function generations(synthesis: Synthesis<unknown>): string[] {
  return synthesis.resources
    .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
    .map(({ name }) => name);
}

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

describe("a rotated secret", () => {
  const second = { from: "generated", rotation: 2 } as const;

  it("keeps its earlier generations beside the new one", async () => {
    expect(generations(await bundle({ from: "generated", rotation: 3 }))).toEqual([
      "acme-login-password",
      "acme-login-password-2",
      "acme-login-password-3",
    ]);
  });

  it("has every generation protected where data is", async () => {
    const synthesis = await bundle(second, { retention: inProd });
    expect(synthesis.protected).toEqual(
      expect.arrayContaining(["acme-login-password", "acme-login-password-2"]),
    );
  });

  it("has the value of its last generation", async () => {
    expect((await bundle(second)).object("Secret", "login").stringData).toEqual({
      password: generatedPassword("acme-login-password-2", 20),
    });
  });

  it("keeps the names of its Secret and key, and tells its readers its generation", async () => {
    const { value } = await bundle(second);
    expect(value.ref("password")).toMatchObject({
      secretName: "login",
      key: "password",
      rotation: 2,
    });
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

describe("a secret that was generated once", () => {
  it("keeps its generations declared, because protected ones cannot go", async () => {
    const synthesis = await bundle({ ...existing, keepGenerations: 2 }, { retention: inProd });
    expect(synthesis.protected).toEqual(
      expect.arrayContaining(["acme-login-password", "acme-login-password-2"]),
    );
  });

  it("keeps its protected Secret declared even when another one took its place", async () => {
    const synthesis = await bundle({ ...existing, keepGenerations: 1 }, { retention: inProd });
    expect(synthesis.protected).toContain("Secret/login");
  });

  it("is read from the place that the settings name now", async () => {
    const { value } = await bundle({ ...existing, keepGenerations: 1 });
    expect(value.ref("password")).toMatchObject({ secretName: "theirs", key: "pw" });
  });

  it("has the value that was set by hand, where one was", async () => {
    const synthesis = await bundle({ ...setting, keepGenerations: 1 }, { encrypted });
    expect(synthesis.object("Secret", "login").stringData).toEqual({ password: "set by hand" });
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

describe("a secret's text, for putting together another one", () => {
  const textOf = async (choice: SecretChoice, options: Options = {}): Promise<unknown> => {
    const text = (await bundle(choice, options)).value.text("password");
    return text === undefined ? undefined : { ...text, text: await valueOf(text.text) };
  };

  it("is the last generation of a generated one", async () => {
    expect(await textOf({ from: "generated", rotation: 2 })).toEqual({
      text: generatedPassword("acme-login-password-2", 20),
      rotation: 2,
    });
  });

  it("is the encrypted setting, with the generation that the settings name", async () => {
    expect(await textOf({ ...setting, rotation: 3 }, { encrypted })).toEqual({
      text: "set by hand",
      rotation: 3,
    });
  });

  it("is unknown where somebody else keeps it", async () => {
    expect(await textOf(existing)).toBeUndefined();
  });

  it("is unknown there too while the generations before it stay declared", async () => {
    expect(await textOf({ ...existing, keepGenerations: 2 })).toBeUndefined();
  });
});

describe("a secret that is put together from another one", () => {
  const composed = (placeholders = false): Promise<Synthesis<SecretBundle<"url">>> =>
    synth(() => {
      const scope = testScope({ encrypted, placeholders });
      const login = new SecretBundle("acme-login", {
        scope,
        name: "login",
        entries: { password: { choice: { ...setting, rotation: 4 }, length: 20 } },
        retention: given,
      });
      const password = login.text("password")!;
      const url = { ...password, text: pulumi.interpolate`db://me:${password.text}@db/acme` };
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

  it("can be part of a third one", async () => {
    expect((await composed()).value.text("url")).toMatchObject({ rotation: 4 });
  });

  it("shows a placeholder of its own where secrets are rendered", async () => {
    expect((await composed(true)).object("Secret", "app").stringData).toEqual({
      url: "<acme/app/url>",
    });
  });
});
