/** Proves what becomes of a secret's earlier values; that the engine keeps what is protected, the cluster tests show. */
import { SecretBundle } from "../../../components/kubernetes/secret-bundle";
import { given, retention, type Retention } from "../../../components/scope";
import { postures } from "../../../config/environment";
import { bundle, encrypted, existing, generations, inProd, setting } from "../../support/bundle";
import { generatedPassword } from "../../support/recorder";
import { testScope } from "../../support/scope";
import { synth } from "../../support/synth";

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

  it("has a key for each generation, so that a pod finds the one that it was started with", async () => {
    expect((await bundle(second)).object("Secret", "login").stringData).toEqual({
      password: generatedPassword("acme-login-password", 20),
      "password-2": generatedPassword("acme-login-password-2", 20),
    });
  });

  it("has its readers take the last one, and tells them its number", async () => {
    const { value } = await bundle(second);
    expect(value.ref("password")).toMatchObject({
      secretName: "login",
      key: "password-2",
      rotation: 2,
    });
  });

  it("shows its earlier generations to the store that may still have them", async () => {
    const { value } = await bundle({ from: "generated", rotation: 3 });
    expect(value.earlier("password").map(({ key, rotation }) => [key, rotation])).toEqual([
      ["password", 1],
      ["password-2", 2],
    ]);
  });

  it("shows all before the current one to a store that is to take them too", async () => {
    const { value } = await bundle({ from: "generated", rotation: 3 });
    expect(value.unreleased("password")).toEqual(value.earlier("password"));
  });
});

describe("a generation that is released", () => {
  const choice = { from: "generated", rotation: 3, released: 2 } as const;

  it("stays declared, and is no longer protected", async () => {
    const synthesis = await bundle(choice, { retention: inProd });
    expect(generations(synthesis)).toHaveLength(3);
    expect(synthesis.protected).toEqual(["acme-login-password-3", "Secret/login"]);
  });

  it("stays in its Secret, where a server that is behind finds it", async () => {
    const { stringData } = (await bundle(choice)).object("Secret", "login");
    expect(Object.keys(stringData)).toEqual(["password", "password-2", "password-3"]);
  });

  it("is taken by no store beside the current one", async () => {
    expect((await bundle(choice)).value.unreleased("password")).toEqual([]);
  });
});

describe("a generation that is discarded", () => {
  const choice = { from: "generated", rotation: 3, released: 2, discarded: 1 } as const;

  it("is gone from the state and from its Secret; the others keep their names", async () => {
    const synthesis = await bundle(choice);
    expect(generations(synthesis)).toEqual(["acme-login-password-2", "acme-login-password-3"]);
    const { stringData } = synthesis.object("Secret", "login");
    expect(Object.keys(stringData)).toEqual(["password-2", "password-3"]);
  });

  it("leaves the later ones to a store that may still have them", async () => {
    const { value } = await bundle(choice);
    expect(value.earlier("password").map(({ key }) => key)).toEqual(["password-2"]);
  });
});

describe("a rotation that its readers notice", () => {
  const messages = async (rotation: number, kept: Retention): Promise<readonly string[]> => {
    const { messages: told } = await synth(
      () =>
        new SecretBundle("acme-login", {
          scope: testScope(),
          name: "login",
          entries: {
            key: {
              choice: { from: "generated", rotation },
              length: 8,
              rotating: "all log in anew",
            },
          },
          retention: kept,
        }),
    );
    return told;
  };
  const off = retention(postures.dev, false, "keep");

  it("is announced, with what they notice", async () => {
    expect(await messages(2, given)).toEqual([
      "generation 2 of key in secret acme/login: all log in anew",
    ]);
  });

  it.each([
    ["there was none", 1, given],
    ["nobody reads the secret", 2, off],
  ])("is not announced where %s", async (_, rotation, kept) => {
    expect((await messages(rotation, kept)).join()).not.toContain("log in anew");
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

  it("keeps its key beside the value that was set by hand, where one was", async () => {
    const synthesis = await bundle({ ...setting, keepGenerations: 1 }, { encrypted });
    expect(synthesis.object("Secret", "login").stringData).toEqual({
      password: generatedPassword("acme-login-password", 20),
      "password-2": "set by hand",
    });
    expect(synthesis.value.ref("password").key).toBe("password-2");
  });

  it("lets a store take all that were kept, wherever the current one is", async () => {
    for (const choice of [setting, existing]) {
      const { value } = await bundle({ ...choice, keepGenerations: 2, released: 1 }, { encrypted });
      expect(value.unreleased("password").map(({ key }) => key)).toEqual(["password-2"]);
      expect(value.earlier("password").map(({ key }) => key)).toEqual(["password", "password-2"]);
    }
  });

  it("goes like an earlier generation, once released", async () => {
    const choice = { ...existing, keepGenerations: 2, released: 2, discarded: 1 };
    const synthesis = await bundle(choice, { retention: inProd });
    expect(generations(synthesis)).toEqual(["acme-login-password-2"]);
    expect(synthesis.protected).toEqual(["Secret/login"]);
  });
});
