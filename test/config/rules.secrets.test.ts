/** The rules of secrets, which hold wherever one of them stands in the settings. */
import { faultsOf, type Said, saidBy } from "./support";

describe("a secret from a setting", () => {
  const paths = [
    "thunderline.secrets.secretKeyBase",
    "thunderline.secrets.tokenSigningSecret",
    "thunderline.secrets.releaseCookie",
    "thunderline.secrets.livebookPassword",
    "thunderline.secrets.livebookSecretKeyBase",
    "thunderline.secrets.livebookCookie",
    "thunderline.secrets.openaiApiKey",
    "thunderline.postgres.password",
    "thunderline.objectStore.accessKey",
    "thunderline.objectStore.secretKey",
  ];
  const reached = { 'cluster.externalCidrs["api.openai.com"]': ["10.0.0.0/24"] };

  it.each(paths)("needs the encrypted value: %s", (path) => {
    const changes = { ...reached, [path]: { from: "setting", key: "byHand" } };
    expect(faultsOf(saidBy("dev", changes))).toEqual([
      `platform:${path}.key: got "byHand", expected the name of an encrypted setting of this stack; set it with: pulumi config set --secret platform:byHand`,
    ]);
  });

  it.each(paths)("takes the encrypted value: %s", (path) => {
    const changes = { ...reached, [path]: { from: "setting", key: "byHand" } };
    expect(faultsOf(saidBy("dev", changes), ["byHand"])).toEqual([]);
  });

  it("is not missed while nobody uses the service that it is for", () => {
    const changes = {
      "faultmaven.enabled": false,
      "faultmaven.model.apiKey": { from: "setting", key: "byHand" },
    };
    expect(faultsOf(saidBy("dev", changes))).toEqual([]);
  });

  it("is missed while its system is switched off, because what it opens is kept", () => {
    const changes = {
      "thunderline.enabled": false,
      "thunderline.postgres.password": { from: "setting", key: "byHand" },
    };
    expect(faultsOf(saidBy("dev", changes))).toHaveLength(1);
  });

  it("is answered with the encrypted setting that it may mean", () => {
    const openaiApiKey = { from: "setting", key: "openAiKey" };
    const changes = { ...reached, "thunderline.secrets.openaiApiKey": openaiApiKey };
    expect(faultsOf(saidBy("dev", changes), ["openaiApiKey"])).toEqual([
      expect.stringContaining("; did you mean openaiApiKey?"),
    ]);
  });

  it("of somebody else cannot be generated", () => {
    const changes = { "thunderline.secrets.openaiApiKey": { from: "generated" } };
    expect(faultsOf(saidBy("dev", changes))).toEqual([
      'platform:thunderline.secrets.openaiApiKey.from: got "generated", expected one of setting, existing',
    ]);
  });

  it("is missed where the setting has a description of its own", () => {
    const changes = { "philotes.api.auth.jwtSecret": { from: "setting", key: "byHand" } };
    expect(faultsOf(saidBy("dev", changes))).toHaveLength(1);
  });
});

describe("a key of stored data, and a name in a store", () => {
  it.each([
    ["philotes.lakekeeper.encryptionKey", "rotation", 2, 1],
    ["philotes.lakekeeper.encryptionKey", "keepGenerations", 1, 0],
    ["thunderline.objectStore.accessKey", "rotation", 2, 1],
    ["thunderline.objectStore.accessKey", "keepGenerations", 1, 0],
  ])("keeps its value: %s is refused another %s", (path, name, value, only) => {
    const choice = { from: "setting", key: "byHand", [name]: value };
    expect(faultsOf(saidBy("dev", { [path]: choice }), ["byHand"])).toEqual([
      expect.stringContaining(
        `platform:${path}.${name}: got ${String(value)}, expected ${String(only)}, because this `,
      ),
    ]);
  });

  it("is not discarded, because there is no other", () => {
    const path = "philotes.lakekeeper.encryptionKey";
    const choice = { from: "generated", released: 1, discarded: 1 };
    expect(faultsOf(saidBy("prod", { [path]: choice }))).toEqual([
      expect.stringContaining(`platform:${path}.released: got 1, expected 0`),
      expect.stringContaining(`platform:${path}.discarded: got 1, expected 0`),
    ]);
  });
});

describe("the generations of a secret", () => {
  const path = "thunderline.postgres.password";
  const faults = (choice: Said): string[] =>
    faultsOf(saidBy("prod", { [path]: choice }), ["byHand"]);

  it.each([
    ["are released while they stay declared", { from: "generated", rotation: 3, released: 2 }],
    ["are discarded", { from: "generated", rotation: 3, released: 2, discarded: 2 }],
    [
      "of a source of the past go likewise",
      {
        from: "setting",
        key: "byHand",
        rotation: 3,
        keepGenerations: 2,
        released: 2,
        discarded: 1,
      },
    ],
  ])("%s", (_, choice) => {
    expect(faults(choice)).toEqual([]);
  });

  it("are not released while in use", () => {
    expect(faults({ from: "generated", rotation: 2, released: 2 })).toEqual([
      `platform:${path}.released: got 2, expected at most 1, because generation 2 is in use`,
    ]);
  });

  it("that nobody keeps are not released", () => {
    const given = { from: "setting", key: "byHand", rotation: 2 };
    expect(faults({ ...given, keepGenerations: 1, released: 2 })).toEqual([
      `platform:${path}.released: got 2, expected at most 1, because keepGenerations keeps 1`,
    ]);
  });

  it("are followed by a given value, whose number tells store and readers of it", () => {
    expect(faults({ from: "setting", key: "byHand", keepGenerations: 1 })).toEqual([
      `platform:${path}.rotation: got 1, expected at least 2, because keepGenerations keeps 1 and this value comes after them`,
    ]);
  });

  it("are released before they are discarded, which takes two updates", () => {
    expect(faults({ from: "generated", rotation: 3, discarded: 2 })).toEqual([
      `platform:${path}.discarded: got 2, expected at most released, 0; set released to 2 and update, then discard in the next update: the engine refuses to delete what it still protects`,
    ]);
  });

  it.each(["thunderline.postgres.superuserPassword", "thunderline.objectStore.rootPassword"])(
    "follow the same rules at %s",
    (where) => {
      const found = faultsOf(saidBy("prod", { [where]: { rotation: 2, released: 2 } }));
      expect(found).toEqual([expect.stringContaining(`platform:${where}.released: got 2`)]);
    },
  );
});

describe("the rotation of a secret", () => {
  it.each([
    "thunderline.secrets.secretKeyBase",
    "thunderline.postgres.password",
    "thunderline.postgres.superuserPassword",
    "thunderline.objectStore.secretKey",
    "thunderline.objectStore.rootPassword",
    "faultmaven.redis.password",
    "faultmaven.secrets.jwtSecret",
    "telemetry.timescaledb.reader.password",
  ])("is one integer at %s", (path) => {
    expect(faultsOf(saidBy("prod", { [`${path}.rotation`]: 2 }))).toEqual([]);
  });

  it("is refused for a key that encrypts what is stored, with what it would need", () => {
    expect(faultsOf(saidBy("dev", { "philotes.lakekeeper.encryptionKey.rotation": 2 }))).toEqual([
      "platform:philotes.lakekeeper.encryptionKey.rotation: got 2, expected 1, because this key encrypts what is stored, and the program that stores it takes one key alone; with another one all that is stored would be unreadable; it would have to be read with the old key and written anew with the next one first, which that program does not offer",
    ]);
  });

  it.each([
    "thunderline.objectStore.accessKey",
    "faultmaven.files.objectStore.accessKey",
    "philotes.objectStore.accessKey",
  ])("is refused for a name, with the secret to rotate instead: %s", (path) => {
    expect(faultsOf(saidBy("dev", { [`${path}.rotation`]: 2 }))).toEqual([
      `platform:${path}.rotation: got 2, expected 1, because this is a name, and the store would keep the old one with its rights; rotate secretKey beside it: that is the secret`,
    ]);
  });

  it("has no setting as its source where nobody but this program uses the secret", () => {
    const from = { from: "setting", key: "byHand" };
    const changes = { "thunderline.postgres.superuserPassword": from };
    expect(faultsOf(saidBy("dev", changes))).toEqual([
      'platform:thunderline.postgres.superuserPassword.from: got "setting", expected one of generated, existing',
    ]);
  });

  it("may be in the Secret of an earlier server whose volume is taken over", () => {
    const from = { from: "existing", secretName: "thunderline-postgresql", key: "password" };
    const changes = { "thunderline.postgres.superuserPassword": from };
    expect(faultsOf(saidBy("dev", changes))).toEqual([]);
  });
});

describe("a secret in the place of its origin", () => {
  it.each(["philotes.lakekeeper.encryptionKey", "philotes.api.auth.jwtSecret"])(
    "is not shown at %s, whose setting has a description of its own",
    (path) => {
      expect(faultsOf(saidBy("dev", { [path]: "hunter2" })).join()).not.toContain("hunter2");
    },
  );
});
