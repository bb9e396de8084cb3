import { z } from "zod";

import { environments } from "./environment";
import { profile } from "./profiles";
import { settingsSchema } from "./settings";
import { isRecord, own } from "./shape";

/** JSON Schema, as far as it matters here: a tree of maps. */
type Node = Record<string, unknown>;

/**
 * The JSON Schema of a whole `Pulumi.<stack>.yaml`, for editors: draft 7, which the YAML language
 * server knows best. It refuses nothing that `resolve` accepts, and leaves to it what lies between
 * settings.
 */
export function stackFileSchema(): Node {
  const generated = z.toJSONSchema(settingsSchema.omit({ render: true }), {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
  });
  const { properties } = withoutDefaulted(generated, environments.map(profile));
  const settings = Object.entries(properties as Node);
  const encrypted = {
    description: "an encrypted value, made by pulumi config set --secret",
    type: "object",
    properties: { secure: { type: "string" } },
    required: ["secure"],
    additionalProperties: false,
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "The settings of a stack",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(settings.map(([key, node]) => [`platform:${key}`, node])),
        patternProperties: {
          [`^platform:(?!(${settings.map(([key]) => key).join("|")})$)`]: encrypted,
          "^(?!platform:)[^:]+:": { description: "a setting of a provider" },
        },
        required: ["platform:environment", "platform:cluster"],
        additionalProperties: false,
      },
      environment: {
        description: "environments of Pulumi ESC whose values this stack takes up",
        type: ["array", "object"],
      },
      encryptionsalt: { description: "Pulumi's own: the salt of the passphrase", type: "string" },
      encryptedkey: { description: "Pulumi's own: the key of the values below", type: "string" },
      secretsprovider: { description: "Pulumi's own: what encrypts the values", type: "string" },
    },
    required: ["config"],
    additionalProperties: false,
  };
}

/**
 * Drops from `required` what the profile of some environment gives. With it goes the choice of a
 * union's option, so that several options may fit what is left: `oneOf` becomes `anyOf`.
 */
function withoutDefaulted(node: Node, defaults: readonly unknown[]): Node {
  const relaxed: Node = {};
  for (const [keyword, value] of Object.entries(node)) {
    if (keyword === "required") {
      const missing = (value as string[]).filter((key) =>
        defaults.every((one) => own(one, key) === undefined),
      );
      if (missing.length > 0) relaxed.required = missing;
    } else if (keyword === "properties") {
      relaxed.properties = mapValues(value as Node, (below, key) =>
        withoutDefaulted(
          below,
          defaults.map((one) => own(one, key)),
        ),
      );
    } else if (keyword === "oneOf") {
      relaxed.anyOf = (value as Node[]).map((option) => withoutDefaulted(option, defaults));
    } else if (keyword === "additionalProperties" && isRecord(value)) {
      // A map by names of the stack's choice: no default has the same ones, but for a few.
      const entries = defaults.flatMap((one) => (isRecord(one) ? Object.values(one) : []));
      relaxed.additionalProperties = withoutDefaulted(value, entries);
    } else {
      relaxed[keyword] = value;
    }
  }
  return relaxed;
}

function mapValues(node: Node, change: (below: Node, key: string) => Node): Node {
  return Object.fromEntries(
    Object.entries(node).map(([key, below]) => [key, change(below as Node, key)]),
  );
}
