import { readFileSync } from "node:fs";
import { join } from "node:path";

import Ajv from "ajv";

import { environments } from "../../config/environment";
import { stackFileSchema } from "../../config/json-schema";
import fc from "../support/fast-check";
import { arbitrary } from "./mutations";
import { faultsOf, put, stackFile } from "./support";

const validate = new Ajv({
  allErrors: true,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  validateFormats: false,
}).compile(stackFileSchema());

/** What an editor marks in a stack file: the place and the kind of each fault. */
function marks(file: unknown): string[] {
  return validate(file)
    ? []
    : (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

/** The stack file of dev with another value at a path. */
function changed(path: readonly string[], value: unknown): unknown {
  return put(stackFile("dev"), path, value);
}

describe("config/stack.schema.json", () => {
  it("is the schema of the settings as they are now: else run npm run schema", () => {
    const file = join(__dirname, "../../config/stack.schema.json");
    const written: unknown = JSON.parse(readFileSync(file, "utf8"));
    expect(JSON.stringify(written, undefined, 2)).toBe(
      JSON.stringify(stackFileSchema(), undefined, 2),
    );
  });

  it.each(environments)("is what Pulumi.%s.yaml names in its first line", (stack) => {
    const file = join(__dirname, "../..", `Pulumi.${stack}.yaml`);
    expect(readFileSync(file, "utf8").split("\n")[0]).toBe(
      "# yaml-language-server: $schema=config/stack.schema.json",
    );
  });
});

describe("an editor marks nothing", () => {
  it.each(environments)("in Pulumi.%s.yaml", (stack) => {
    expect(marks(stackFile(stack))).toEqual([]);
  });

  it.each([
    ["a setting of a provider", ["config", "kubernetes:context"], "a"],
    ["an encrypted setting", ["config", "platform:openaiApiKey"], { secure: "v1:abc" }],
    [
      "a part that its environment completes",
      ["config", "platform:thunderline", "web"],
      { scaling: { replicas: 3 } },
    ],
    [
      "a switched union",
      ["config", "platform:thunderline", "web"],
      { scaling: { type: "hpa", minReplicas: 1, maxReplicas: 2, cpuPercent: 70 } },
    ],
    [
      "CPU as a number",
      ["config", "platform:thunderline", "web"],
      { resources: { limits: { cpu: 1 } } },
    ],
    ["the salt of a passphrase", ["encryptionsalt"], "v1:abc"],
    ["a key of a key service", ["encryptedkey"], "abc"],
    ["a key service", ["secretsprovider"], "awskms://abc"],
    ["environments of Pulumi ESC", ["environment"], ["a"]],
  ])("in %s", (_what, path, value) => {
    expect(marks(changed(path, value))).toEqual([]);
  });

  it("that the program takes", () => {
    const passed = fc.constantFrom(...environments).chain(arbitrary);
    fc.assert(
      fc.property(passed, (said) => {
        fc.pre(faultsOf(said).length === 0);
        const config = Object.entries(said).map(([key, value]) => [`platform:${key}`, value]);
        expect(marks({ config: Object.fromEntries(config) as unknown })).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe("an editor marks", () => {
  const thunderline = ["config", "platform:thunderline"];
  const place = "/config/platform:thunderline";

  it.each([
    ["a misspelt key", [...thunderline, "webb"], {}, `${place} additionalProperties`],
    [
      "a misspelt key further down",
      [...thunderline, "web", "scalling"],
      {},
      `${place}/web additionalProperties`,
    ],
    [
      "a misspelt key in a union",
      [...thunderline, "web", "scaling", "replica"],
      1,
      `${place}/web/scaling additionalProperties`,
    ],
    [
      "an option that there is not",
      [...thunderline, "web", "scaling", "type"],
      "keda",
      `${place}/web/scaling/type const`,
    ],
    [
      "a key of another option",
      [...thunderline, "web", "scaling"],
      { type: "hpa", replicas: 3 },
      `${place}/web/scaling additionalProperties`,
    ],
    [
      "a union without its choice where nothing gives one",
      [...thunderline, "web", "ingress", "tls"],
      { secretName: "a" },
      `${place}/web/ingress/tls required`,
    ],
    [
      "a number out of bounds",
      [...thunderline, "app", "poolSize"],
      0,
      `${place}/app/poolSize minimum`,
    ],
    ["a value of the wrong type", [...thunderline, "enabled"], "yes", `${place}/enabled type`],
    [
      "a host with a scheme",
      [...thunderline, "web", "host"],
      "https://a",
      `${place}/web/host pattern`,
    ],
    [
      "a wrong environment",
      ["config", "platform:environment"],
      "production",
      "/config/platform:environment enum",
    ],
    ["no environment", ["config", "platform:environment"], undefined, "/config required"],
    [
      "no context",
      ["config", "platform:cluster", "context"],
      undefined,
      "/config/platform:cluster required",
    ],
    [
      "a setting that is for the program's own commands",
      ["config", "platform:render"],
      {},
      "/config/platform:render required",
    ],
    [
      "a secret without --secret",
      ["config", "platform:openaiApiKey"],
      "hunter2",
      "/config/platform:openaiApiKey type",
    ],
    [
      "a map with an encrypted value",
      ["config", "platform:cluster"],
      { secure: "v1:abc" },
      "/config/platform:cluster additionalProperties",
    ],
    ["a setting without namespace", ["config", "cluster"], {}, "/config additionalProperties"],
    ["a key that Pulumi does not know", ["configs"], {}, " additionalProperties"],
    [
      "a key that every object has",
      [...thunderline, "constructor"],
      1,
      `${place} additionalProperties`,
    ],
  ])("%s", (_what, path, value, mark) => {
    expect(marks(changed(path, value))).toContain(mark);
  });
});

describe("the schema", () => {
  it("explains settings to whoever writes them", () => {
    const text = JSON.stringify(stackFileSchema());
    expect(text).toContain('"description":"database connections of each replica"');
  });

  it("is one that draft 7 allows", () => {
    expect(new Ajv({ strict: false }).validateSchema(stackFileSchema())).toBe(true);
  });
});
