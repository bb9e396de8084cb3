/** The stack configuration as the engine hands it over: JSON text by key, and which keys are secret. */
import * as pulumi from "@pulumi/pulumi";

import { type EncryptedSettings, loadSettings } from "../../config/load";
import type { Settings } from "../../config/settings";
import { valueOf } from "../support/outputs";
import { given, type Said, saidBy } from "./support";

const variable = "PULUMI_CONFIG_SECRET_KEYS";

beforeAll(async () => {
  const nothing = { call: () => ({}), newResource: () => ({ id: "", state: {} }) };
  await pulumi.runtime.setMocks(nothing, "platform", "dev");
});

afterEach(() => {
  pulumi.runtime.setAllConfig({});
  Reflect.deleteProperty(process.env, variable);
});

/** What the team's stacks have encrypted. */
const own = Object.fromEntries(given.map((key) => [key, "theirs"]));

/** Loads the stack dev with `changes` by path, and `secrets` by name beside its own. */
function load(
  changes: Said = {},
  secrets: Readonly<Record<string, string>> = {},
): { settings: Settings; encrypted: EncryptedSettings } {
  const plain = Object.entries(saidBy("dev", changes));
  const text = (value: unknown): string =>
    typeof value === "string" ? value : JSON.stringify(value);
  const hidden = { ...own, ...secrets };
  const entries = [...plain.map(([key, value]) => [key, text(value)]), ...Object.entries(hidden)];
  const config = Object.fromEntries(
    entries.map(([key, value]) => [`platform:${String(key)}`, value]),
  );
  const secretKeys = Object.keys(hidden).map((key) => `platform:${key}`);
  pulumi.runtime.setAllConfig({ ...config, "kubernetes:context": "elsewhere" }, secretKeys);
  process.env[variable] = JSON.stringify(secretKeys);
  return loadSettings();
}

function messageOf(changes: Said, secrets: Readonly<Record<string, string>> = {}): string {
  try {
    load(changes, secrets);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return error.message;
    throw error;
  }
  throw new Error("The settings have no fault.");
}

describe("the settings", () => {
  it("are read from the configuration, structured ones as JSON", () => {
    const { settings } = load({ "thunderline.app.poolSize": 7 });
    expect(settings).toMatchObject({
      environment: "dev",
      cluster: { context: "platform-dev" },
      thunderline: { app: { poolSize: 7 } },
    });
  });

  it("take a number that pulumi config set made of CPU", () => {
    const { settings } = load({ "thunderline.web.resources.limits.cpu": 1 });
    expect(settings.thunderline.web.resources.limits.cpu).toBe("1");
  });

  it("are those of this program alone", () => {
    expect(Object.keys(load().encrypted)).toEqual(given);
  });

  it("with faults end the program in words, without a stack trace", () => {
    const message = messageOf({ environment: "production", "thunderline.webb": {} });
    expect(message.split("\n")).toEqual([
      "The settings of stack dev have 2 faults:",
      '  platform:environment: got "production", expected one of dev, staging, prod',
      expect.stringMatching(/^ {2}platform:thunderline\.webb: .* did you mean web\?$/),
    ]);
  });

  it.each(["__proto__", "constructor", "toString"])("have none of the name %s", (name) => {
    expect(messageOf({ [name]: { environment: "prod" } })).toContain(
      `platform:${name}: got a value that is not shown,`,
    );
  });

  it("that are no JSON are text", () => {
    expect(messageOf({ cluster: "{context: dev" })).toContain(
      'platform:cluster: got "{context: dev", expected a map of settings',
    );
  });
});

describe("an encrypted setting", () => {
  const changes = { "thunderline.secrets.livebookPassword": { from: "setting", key: "byHand" } };

  it("is handed on as a secret", async () => {
    const { byHand } = load(changes, { byHand: "hunter2" }).encrypted;
    expect(await pulumi.isSecret(byHand!)).toBe(true);
    expect(await valueOf(byHand!)).toBe("hunter2");
  });

  it("stays text where it looks like JSON", async () => {
    const { byHand } = load(changes, { byHand: '{"auths":{}}' }).encrypted;
    expect(await valueOf(byHand!)).toBe('{"auths":{}}');
  });

  it("may have any name that it may be referred to by", () => {
    const toString = { from: "setting", key: "toString" };
    const { encrypted } = load(
      { "thunderline.secrets.livebookPassword": toString },
      { toString: "x" },
    );
    expect(Object.keys(encrypted)).toContain("toString");
  });

  it("need not be referred to", () => {
    expect(Object.keys(load({}, { unused: "x" }).encrypted)).toContain("unused");
  });

  it("that is referred to must be there", () => {
    expect(messageOf(changes, { byhand: "hunter2" })).toBe(
      [
        "The settings of stack dev have 1 fault:",
        '  platform:thunderline.secrets.livebookPassword.key: got "byHand", expected the name of an encrypted setting of this stack; did you mean byhand?',
      ].join("\n"),
    );
  });

  it("that is set without --secret is neither taken nor shown", () => {
    const message = messageOf({ ...changes, byHand: "hunter2" });
    expect(message).toContain("platform:byHand: got a value that is not shown,");
    expect(message).not.toContain("hunter2");
  });
});

describe("an encrypted value inside a map", () => {
  const nested =
    "expected no encrypted value inside a map; make it a key of its own (pulumi config set --secret platform:NAME) and refer to it by { from: setting, key: NAME }";
  const thunderline = JSON.stringify({
    postgres: { password: "hunter2" },
    app: { image: "hunter2" },
  });

  it("is refused, and nothing of the map is shown", () => {
    expect(messageOf({ thunderline: undefined }, { thunderline })).toBe(
      [
        "The settings of stack dev have 1 fault:",
        `  platform:thunderline: nothing is set, ${nested}`,
      ].join("\n"),
    );
  });

  it("is reported together with the faults elsewhere", () => {
    const lines = messageOf(
      { thunderline: undefined, "cluster.domain": "A B" },
      { thunderline },
    ).split("\n");
    expect(lines).toEqual([
      "The settings of stack dev have 2 faults:",
      expect.stringContaining(nested),
      expect.stringMatching(/^ {2}platform:cluster\.domain: got "A B",/),
    ]);
  });

  it("entails no fault of what was judged by the map", () => {
    const changes = { "cluster.context": "hunter2", "cluster.capabilities.certManager": true };
    const cluster = JSON.stringify(saidBy("dev", changes).cluster);
    const ingress = {
      enabled: true,
      host: "a.example.com",
      tls: { from: "issuer", clusterIssuer: "x" },
    };
    expect(
      messageOf({ cluster: undefined, "thunderline.web.ingress": ingress }, { cluster }).split(
        "\n",
      ),
    ).toHaveLength(2);
  });
});

describe("an encrypted password that stands in a database's URL", () => {
  const byHand = { from: "setting", key: "byHand" };
  const changes = { "thunderline.postgres.password": byHand };

  it("may have any character that needs no escape there", () => {
    expect(Object.keys(load(changes, { byHand: "aZ09-._~" }).encrypted)).toContain("byHand");
  });

  it.each(["a/b", "a@b", "a b", "ä", "a%20b", ""])("is not %j, and not shown", (byHand) => {
    expect(messageOf(changes, { byHand })).toBe(
      [
        "The settings of stack dev have 1 fault:",
        "  platform:byHand: got a value that is not shown, expected letters, digits, hyphens, dots, underscores and tildes, because it stands in a URL",
      ].join("\n"),
    );
  });

  it.each([
    ["Redis", "faultmaven.redis.password"],
    ["a PostgreSQL that a system can do without", "philotes.postgres.password"],
    ["a database whose changes are read", "philotes.worker.source.password"],
  ])("is refused for %s too", (_what, path) => {
    expect(messageOf({ [path]: byHand }, { byHand: "a/b" })).toContain(
      "platform:byHand: got a value that is not shown,",
    );
  });

  it("may be missing where somebody else gives it to a system that is off", () => {
    const external = { host: "a.b", password: byHand };
    const off = { "faultmaven.enabled": false, "faultmaven.redis.external": external };
    expect(load(off).settings.faultmaven.redis.external?.password).toMatchObject(byHand);
  });

  it("is reported once where it stands in two", () => {
    const external = { host: "a.b", password: byHand };
    const both = { ...changes, "thunderline.postgres.external": external };
    expect(messageOf(both, { byHand: "a/b" })).toContain(" have 1 fault:");
  });
});

describe("an encrypted value that stands between quotes of a file", () => {
  const credentials = {
    user: { from: "setting", key: "brokerUser" },
    password: { from: "setting", key: "brokerPassword" },
  };
  const changes = { "telemetry.mqtt.credentials": credentials };

  it.each([
    ["a single quote", "it's"],
    ["a line break", "two\nlines"],
  ])("is refused with %s in it, and not shown", (_what, brokerPassword) => {
    const message = messageOf(changes, { brokerUser: "bridge", brokerPassword });
    expect(message).toContain(
      "  platform:brokerPassword: got a value that is not shown, expected no single quote and no line break, because it stands between quotes in a file",
    );
    expect(message).not.toContain(brokerPassword);
  });

  it("may have all that the quotes hold", () => {
    const values = { brokerUser: "bridge", brokerPassword: '$"\\{}#: & more' };
    expect(() => load(changes, values)).not.toThrow();
  });
});
