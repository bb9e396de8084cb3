/** Proves what Kubernetes is told of a container's variables; that a kubelet agrees, the cluster tests show. */
import * as pulumi from "@pulumi/pulumi";

import {
  type Env,
  envVars,
  podField,
  type SecretRef,
  secretsOf,
  template,
} from "../../../components/kubernetes/env";
import fc from "../../support/fast-check";

const password: SecretRef = {
  kind: "secret",
  secretName: "postgres",
  key: "password",
  rotation: 1,
  ready: [],
};

describe("the variables of a container", () => {
  it("stand in the order of their names", () => {
    expect(names({ B: "2", A: "1", C: password })).toEqual(["A", "B", "C"]);
  });

  it("have the same order however they were declared", () => {
    const entries = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[A-Z]{1,3}$/), value()), {
      selector: ([name]) => name,
      minLength: 2,
    });
    fc.assert(
      fc.property(entries, (declared) => {
        const backwards = Object.fromEntries([...declared].reverse());
        expect(envVars(backwards)).toEqual(envVars(Object.fromEntries(declared)));
      }),
    );
  });

  it("end with the templates, which see only what stands before them", () => {
    expect(names({ A_URL: template("$(Z)"), B: "2", Z: "26" })).toEqual(["B", "Z", "A_URL"]);
  });

  it("take a secret by the name of its Secret and its key", () => {
    expect(envVars({ PASSWORD: password })).toEqual([
      { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "postgres", key: "password" } } },
    ]);
  });

  it("take a field of the pod", () => {
    expect(envVars({ POD_IP: podField("status.podIP") })).toEqual([
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ]);
  });

  it("take a template as it is", () => {
    expect(envVars({ URL: template("http://$(POD_IP):80") })).toEqual([
      { name: "URL", value: "http://$(POD_IP):80" },
    ]);
  });

  it("take no Output, which could carry a secret into the pod", () => {
    // @ts-expect-error an Output is no EnvValue
    const refused: Env = { PASSWORD: pulumi.output("secret") };
    expect(Object.keys(refused)).toEqual(["PASSWORD"]);
  });

  it("tell which of them are secrets", () => {
    expect(secretsOf({ A: "1", PASSWORD: password, URL: template("$(A)") })).toEqual([password]);
  });
});

describe("a literal value", () => {
  it("names no other variable, even where it looks so", () => {
    expect(received("$(OTHER)", { OTHER: "leaked" })).toBe("$(OTHER)");
  });

  it.each(["p@$$word", "$$(OTHER)", "$", "$$$"])("arrives as it was written: %s", (text) => {
    expect(received(text, { OTHER: "leaked" })).toBe(text);
  });

  it("arrives as it was written, whatever it is", () => {
    const tricky = fc.string({ unit: fc.constantFrom("$", "(", ")", "A", "OTHER", "-") });
    fc.assert(
      fc.property(tricky, (text) => {
        expect(received(text, { A: "leaked", OTHER: "leaked" })).toBe(text);
      }),
    );
  });
});

function value(): fc.Arbitrary<string | SecretRef> {
  return fc.oneof(fc.string(), fc.constant(password));
}

function names(env: Env): string[] {
  return envVars(env).map(({ name }) => name as string);
}

/** What the container finds in its variable, with `others` beside it. */
function received(literal: string, others: Readonly<Record<string, string>>): string {
  const [entry] = envVars({ LITERAL: literal });
  return expanded(entry?.value as string, others);
}

/** How a kubelet reads a value (third_party/forked/golang/expansion): `$$` is a dollar sign, `$(NAME)` a variable. */
function expanded(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) =>
    name === undefined ? "$" : (variables[name] ?? match),
  );
}
