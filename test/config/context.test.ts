/** The one thing besides the configuration that the program reads by itself: which cluster it would change. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { currentContext, requireContext } from "../../config/context";

const folder = mkdtempSync(join(tmpdir(), "platform-context-"));
const kubeconfig = process.env.KUBECONFIG;

afterAll(() => {
  rmSync(folder, { recursive: true });
  if (kubeconfig === undefined) Reflect.deleteProperty(process.env, "KUBECONFIG");
  else process.env.KUBECONFIG = kubeconfig;
});

/** Makes files with these texts the kubeconfig, and says where they are. */
function use(...texts: string[]): string {
  const files = texts.map((text, index) => {
    const file = join(folder, `${String(index)}.yaml`);
    writeFileSync(file, text);
    return file;
  });
  process.env.KUBECONFIG = files.join(delimiter);
  return process.env.KUBECONFIG;
}

function refusal(expected: string): string {
  try {
    requireContext(expected);
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) return error.message;
    throw error;
  }
  throw new Error("The context was taken.");
}

describe("the current context", () => {
  it.each([
    ["one file", ["current-context: a"], "a"],
    ["the first of several", ["current-context: a", "current-context: b"], "a"],
    [
      "the first that names one",
      ["", "clusters: []", 'current-context: ""', "current-context: b"],
      "b",
    ],
    ["a file that begins with ---", ["---\ncurrent-context: a"], "a"],
    ["JSON, which is YAML too", ['{"current-context": "a"}'], "a"],
  ])("is that of %s", (_what, files, context) => {
    expect(currentContext(files)).toBe(context);
  });

  it.each([
    ["no file", []],
    ["an empty file", [""]],
    ["a file of comments", ["# nothing"]],
    ["a file of text", ["nothing"]],
    ["a list", ["- current-context: a"]],
    ["a context that is no text", ["current-context: 1"]],
    ["no context", ["current-context:"]],
  ])("is none for %s", (_what, files) => {
    expect(currentContext(files)).toBeUndefined();
  });

  it("is not guessed from a file that cannot be read", () => {
    expect(() => currentContext(["a: b: c\n  secret: hunter2"])).toThrow(pulumi.RunError);
    expect(() => currentContext(["a: b: c\n  secret: hunter2"])).toThrow(
      /^The kubeconfig is not valid YAML: [^\n]*\. Nothing was changed\. See: kubectl config view$/,
    );
  });
});

describe("a stack is applied", () => {
  it("where the current context is its own", () => {
    use("current-context: platform-prod");
    expect(() => {
      requireContext("platform-prod");
    }).not.toThrow();
  });

  it("nowhere else", () => {
    const file = use("current-context: platform-dev");
    expect(refusal("platform-prod")).toBe(
      `This stack is applied to the context platform-prod alone (platform:cluster.context), but ${file} has the context platform-dev. Nothing was changed. Choose it with: kubectl config use-context platform-prod`,
    );
  });

  it("nowhere without a current context", () => {
    use("clusters: []");
    expect(refusal("platform-prod")).toContain(" has no current context. Nothing was changed.");
  });

  it("where one of several files says so, even if others are not there", () => {
    use("current-context: platform-prod");
    process.env.KUBECONFIG = [join(folder, "missing"), "", join(folder, "0.yaml")].join(delimiter);
    expect(() => {
      requireContext("platform-prod");
    }).not.toThrow();
  });

  it("nowhere if a context is merely alike", () => {
    use("current-context: platform-prod-2");
    expect(refusal("platform-prod")).toContain("has the context platform-prod-2.");
  });
});

describe("without KUBECONFIG", () => {
  it("the file in the home directory counts", () => {
    process.env.KUBECONFIG = "";
    expect(refusal("no-such-context-anywhere")).toContain(join(".kube", "config"));
  });
});
