/**
 * No value of a secret gets into a report, in any format: neither one that the engine has masked, nor
 * one that it has not. Does not prove that the engine masks what it should.
 */
import fc from "../../../support/fast-check";
import { metadata, pod, reports, resource, secret } from "./reports";

/** Where a secret may be, with one value before and another one after. */
const places: readonly [string, string, (value: string) => object][] = [
  ["a Secret's data", "kubernetes:core/v1:Secret", (v) => ({ metadata, data: { key: v } })],
  [
    "a Secret's stringData",
    "kubernetes:core/v1:Secret",
    (v) => ({ metadata, stringData: { key: v } }),
  ],
  [
    "a Secret's text of many lines",
    "kubernetes:core/v1:Secret",
    (v) => ({ metadata, data: { key: `a\n${v}\nb` } }),
  ],
  ["a Secret's data as one text", "kubernetes:core/v1:Secret", (v) => ({ metadata, data: v })],
  [
    "what kubectl keeps of an applied object",
    "kubernetes:core/v1:Secret",
    (v) => ({
      metadata: {
        ...metadata,
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": v },
      },
    }),
  ],
  [
    "a random password's seed",
    "random:index/randomPassword:RandomPassword",
    (v) => ({ length: 3, keepers: { v } }),
  ],
  ["a provider's kubeconfig", "pulumi:providers:kubernetes", (v) => ({ kubeconfig: v })],
  [
    "a variable whose name says so",
    "kubernetes:apps/v1:Deployment",
    (v) => ({
      metadata,
      spec: {
        template: {
          spec: { containers: [{ name: "it", env: [{ name: "DB_PASSWORD", value: v }] }] },
        },
      },
    }),
  ],
  [
    "such a variable in a list that has it twice",
    "kubernetes:apps/v1:Deployment",
    (v) => {
      const env = ["A", "A", "API_TOKEN"].map((name) => ({ name, value: name === "A" ? "1" : v }));
      return {
        metadata,
        spec: {
          template: {
            spec: { containers: [{ name: "it", env: v.length % 2 === 0 ? env : env.slice(1) }] },
          },
        },
      };
    },
  ],
];

describe.each(places)("%s", (_, type, inputs) => {
  test("is in no report, whatever becomes of it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("create", "update", "replace", "delete"),
        secret,
        secret,
        (operation, before, after) => {
          const texts = reports([resource(type, operation, inputs(before), inputs(after))]);
          for (const text of texts) {
            expect(text).not.toContain(before);
            expect(text).not.toContain(after);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("whatever they are called", () => {
  const words = ["PASSWORD", "PASS", "PWD", "SECRET", "TOKEN", "KEY", "COOKIE", "SALT"];
  const variable = fc
    .tuple(
      fc.constantFrom("", "DB_", "RELEASE_", "ENCRYPTION_", "minio_"),
      fc.constantFrom(...words),
      fc.constantFrom("", "_2", "_BASE", "_PREVIOUS"),
    )
    .map((parts) => parts.join(""))
    .chain((name) => fc.constantFrom(name, "REDISCLI_AUTH"));
  const key = fc.oneof(
    fc.constantFrom("name", "valueFrom", "value", "tls.crt", "password-2", "metadata", "type"),
    fc.stringMatching(/^[\w.-]{1,20}$/),
  );

  test("variables that are named like a secret do not tell their values", () => {
    fc.assert(
      fc.property(variable, secret, secret, fc.boolean(), (name, before, after, isNew) => {
        const old = isNew ? { metadata } : pod(name, before);
        const texts = reports([
          resource("kubernetes:apps/v1:Deployment", "update", old, pod(name, after)),
          resource(
            "kubernetes:core/v1:ConfigMap",
            "update",
            { metadata, data: { [name.toUpperCase()]: before } },
            { metadata, data: { [name.toUpperCase()]: after } },
          ),
        ]);
        for (const text of texts) {
          expect(text).not.toContain(before);
          expect(text).not.toContain(after);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("keys of a Secret do not tell their values, alone or inside of others", () => {
    fc.assert(
      fc.property(key, secret, secret, fc.boolean(), (name, before, after, nested) => {
        const side = (value: string) => {
          const data = { [name]: value };
          return { metadata, ...(nested ? { stringData: { a: data } } : { data }) };
        };
        const type = "kubernetes:core/v1:Secret";
        const texts = [
          ...reports([resource(type, "update", side(before), side(after))]),
          ...reports([resource(type, "update", { metadata }, side(after))]),
        ];
        for (const text of texts) {
          expect(text).not.toContain(before);
          expect(text).not.toContain(after);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("addresses do not tell the passwords in them", () => {
    const type = "kubernetes:core/v1:ConfigMap";
    fc.assert(
      fc.property(secret, secret, fc.boolean(), (before, after, inJson) => {
        const side = (password: string) => {
          const url = `postgres://user:${password}@host:5432/it`;
          return { metadata, data: { it: inJson ? JSON.stringify({ url }) : url } };
        };
        const texts = reports([resource(type, "update", side(before), side(after))]);
        for (const text of texts) {
          expect(text).not.toContain(before);
          expect(text).not.toContain(after);
        }
        expect(texts[0]).toContain("data.it");
      }),
      { numRuns: 40 },
    );
  });

  test("properties of a JSON document do not tell their values", () => {
    const type = "kubernetes:core/v1:ConfigMap";
    fc.assert(
      fc.property(variable, secret, secret, fc.boolean(), (name, before, after, isNew) => {
        const document = (inner: object | undefined) => ({
          ...{ metadata, data: { it: JSON.stringify({ a: { b: inner }, c: isNew }) } },
        });
        const old = document(isNew ? undefined : { [name]: before });
        const texts = reports([resource(type, "update", old, document({ [name]: after }))]);
        for (const text of texts) {
          expect(text).not.toContain(before);
          expect(text).not.toContain(after);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("what is a secret on one side", () => {
  const config = (value: unknown) => ({ metadata, data: { key: value, other: "public" } });
  const type = "kubernetes:core/v1:ConfigMap";

  test("is hidden on the other side too: it was the value, or becomes it", () => {
    fc.assert(
      fc.property(secret, fc.boolean(), (value, becomes) => {
        const sides = [config(value), config("[secret]")];
        const [before, after] = becomes ? sides : [...sides].reverse();
        for (const text of reports([resource(type, "update", before ?? {}, after ?? {})])) {
          expect(text).not.toContain(value);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("is told of as a change, with its key", () => {
    const [text] = reports([resource(type, "update", config("[secret]"), config(undefined))]);
    expect(text).toContain("data.key: (secret) → none");
  });
});

test("the keys of a Secret are told, because a reviewer needs them", () => {
  const of = (data: object) => ({ metadata, data });
  const [text] = reports([
    resource(
      "kubernetes:core/v1:Secret",
      "update",
      of({ a: "1" }),
      of({ a: "1", "password-2": "2" }),
    ),
  ]);
  expect(text).toContain("data.password-2: none → (secret)");
});

test("a key of a Secret that the engine spells in another way is told once", () => {
  const of = (data: object) => ({ metadata, data });
  const type = "kubernetes:core/v1:Secret";
  const changed = resource(type, "update", of({ "password-1": "[secret]" }), of({}));
  const [text] = reports([{ ...changed, differs: { 'data["password-1"]': "delete" } }]);
  expect(text?.match(/data.*password-1/g)).toHaveLength(1);
  expect(text?.match(/its key password-1/g)?.length ?? 0).toBeLessThanOrEqual(1);
  expect(text).toContain("data.password-1: (secret) → none");
});
