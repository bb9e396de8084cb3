/**
 * No secret gets into a report that somebody has written into arguments or files as it is, where something
 * beside it says what it is. Of a text that nothing says so of, nobody can tell.
 */
import fc from "../../../support/fast-check";
import { metadata, pod, reports, resource, secret } from "./reports";

/** Where somebody may have written one as it is, in arguments and files. */
const literals: readonly [string, (value: string) => object][] = [
  ["an option and its value", (v) => container({ args: [`--password=${v}`] })],
  ["an option before its value", (v) => container({ args: ["--password", v] })],
  ["a script's option", (v) => container({ command: ["sh", "-c", `exec it --token ${v}`] })],
  ["a variable of other options", (v) => pod("JAVA_OPTS", `-Ddb.password=${v}`)],
  ["a file of properties", (v) => ({ metadata, data: { "it.properties": `db.password=${v}` } })],
  ["a file of YAML", (v) => ({ metadata, data: { "it.yaml": `a: b\npassword: ${v}\nc: d` } })],
  ["a file with its name", (v) => ({ metadata, data: { "password.txt": v } })],
  ["a key with its name", (v) => ({ metadata, data: { apiToken: v } })],
  [
    "a file in base64",
    (v) => ({ metadata, binaryData: { it: Buffer.from(`password: ${v}`).toString("base64") } }),
  ],
];

function container(more: object) {
  const containers = [{ name: "it", image: "acme/it:1", ...more }];
  return { metadata, spec: { template: { spec: { containers } } } };
}

describe.each(literals)("%s", (_, inputs) => {
  test("does not tell a secret that stands in it", () => {
    fc.assert(
      fc.property(fc.constantFrom("create", "update"), secret, secret, (operation, old, next) => {
        fc.pre(old !== next);
        const [before, after] = [inputs(old), inputs(next)];
        const type =
          "spec" in after ? "kubernetes:apps/v1:Deployment" : "kubernetes:core/v1:ConfigMap";
        for (const text of [
          ...reports([resource(type, operation, before, after)]),
          ...reports([resource(type, "update", { metadata }, after)]),
        ]) {
          for (const value of [old, next]) {
            expect(text).not.toContain(value);
            expect(text).not.toContain(Buffer.from(`password: ${value}`).toString("base64"));
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

test("that only a secret differs in a text is told, with what is around it", () => {
  const type = "kubernetes:core/v1:ConfigMap";
  const of = (value: string) => ({ metadata, data: { "it.yaml": `a: b\npassword: ${value}` } });
  const [text] = reports([resource(type, "update", of("first-one"), of("second-one"))]);
  expect(text).toContain("a text of 2 lines, and what differs in it is secret");
  const args = (...words: string[]) => container({ args: words });
  const [told] = reports([
    resource(
      "kubernetes:apps/v1:Deployment",
      "update",
      args("--port", "80", "--password", "first-one"),
      args("--port", "81", "--password", "first-one"),
    ),
  ]);
  expect(told).toContain('["--port","81","--password","[secret]"]');
});
