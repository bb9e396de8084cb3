/** The stack configuration as the engine hands it over: JSON text by key, and which keys are secret. */
import * as pulumi from "@pulumi/pulumi";

import { type EncryptedSettings, loadSettings } from "../../config/load";
import type { Settings } from "../../config/settings";
import { type Said, saidBy } from "./support";

const variable = "PULUMI_CONFIG_SECRET_KEYS";

beforeAll(async () => {
  const nothing = { call: () => ({}), newResource: () => ({ id: "", state: {} }) };
  await pulumi.runtime.setMocks(nothing, "platform", "dev");
});

afterEach(() => {
  pulumi.runtime.setAllConfig({});
  Reflect.deleteProperty(process.env, variable);
});

/** Loads the stack dev with `changes` by dotted path and `secrets` by name. */
function load(
  changes: Said = {},
  secrets: Readonly<Record<string, string>> = {},
): { settings: Settings; encrypted: EncryptedSettings } {
  const plain = Object.entries(saidBy("dev", changes));
  const text = (value: unknown): string =>
    typeof value === "string" ? value : JSON.stringify(value);
  const entries = [...plain.map(([key, value]) => [key, text(value)]), ...Object.entries(secrets)];
  const config = Object.fromEntries(
    entries.map(([key, value]) => [`platform:${String(key)}`, value]),
  );
  const secretKeys = Object.keys(secrets).map((key) => `platform:${key}`);
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

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
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
    expect(load().encrypted).toEqual({});
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
    expect(Object.keys(encrypted)).toEqual(["toString"]);
  });

  it("need not be referred to", () => {
    expect(Object.keys(load({}, { unused: "x" }).encrypted)).toEqual(["unused"]);
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
    const cluster = JSON.stringify({ context: "hunter2", capabilities: { certManager: true } });
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
  const changes = { "thunderline.postgres.password": { from: "setting", key: "byHand" } };

  it("may have any character that needs no escape there", () => {
    expect(Object.keys(load(changes, { byHand: "aZ09-._~" }).encrypted)).toEqual(["byHand"]);
  });

  it.each(["a/b", "a@b", "a b", "ä", "a%20b", ""])("is not %j, and not shown", (byHand) => {
    expect(messageOf(changes, { byHand })).toBe(
      [
        "The settings of stack dev have 1 fault:",
        "  platform:byHand: got a value that is not shown, expected letters, digits, hyphens, dots, underscores and tildes, because it stands in a URL",
      ].join("\n"),
    );
  });

  it("is reported once where it stands in two", () => {
    const external = { host: "a.b", password: { from: "setting", key: "byHand" } };
    const both = { ...changes, "thunderline.postgres.external": external };
    expect(messageOf(both, { byHand: "a/b" })).toContain(" have 1 fault:");
  });
});
