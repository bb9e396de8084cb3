import { type Fault, hidden, nearest, settingName, SettingsError } from "../../config/faults";
import fc from "../support/fast-check";

/** The line that says what is wrong with `thunderline.web`. */
function line(fault: Partial<Fault>): string | undefined {
  const faults = [{ path: ["thunderline", "web"], expected: "a map", ...fault }];
  return new SettingsError("dev", faults).message.split("\n")[1];
}

describe("the message of a SettingsError", () => {
  it("counts one fault", () => {
    const error = new SettingsError("dev", [{ path: ["cluster"], value: 1, expected: "a map" }]);
    expect(error.message).toBe(
      "The settings of stack dev have 1 fault:\n  platform:cluster: got 1, expected a map",
    );
  });

  it("has a line for each of several faults", () => {
    const error = new SettingsError("prod", [
      { path: ["environment"], expected: "one of dev, staging, prod" },
      { path: ["cluster"], value: "x", expected: "a map", mend: "write one" },
    ]);
    expect(error.message.split("\n")).toEqual([
      "The settings of stack prod have 2 faults:",
      "  platform:environment: nothing is set, expected one of dev, staging, prod",
      '  platform:cluster: got "x", expected a map; write one',
    ]);
  });

  it("goes with the faults themselves", () => {
    const faults = [{ path: ["cluster"], expected: "a map" }];
    expect(new SettingsError("dev", faults)).toMatchObject({ name: "SettingsError", faults });
  });
});

describe("a value in a message", () => {
  it("is missing where it is undefined", () => {
    expect(line({ value: undefined })).toBe(
      "  platform:thunderline.web: nothing is set, expected a map",
    );
  });

  it.each([
    ["text", "web", '"web"'],
    ["no text", "", '""'],
    ["a number", 1.5, "1.5"],
    ["a number that JSON does not have", NaN, "NaN"],
    ["a yes or no", false, "false"],
    ["null", null, "null"],
    ["a whole number beyond 64 bits", 10n ** 30n, String(10n ** 30n)],
    ["an empty list", [], "an empty list"],
    ["an empty map", {}, "an empty map"],
    ["a value that may be a secret", hidden, "a value that is not shown"],
  ])("of %s", (_what, value, text) => {
    expect(line({ value })).toBe(`  platform:thunderline.web: got ${text}, expected a map`);
  });

  it.each([
    ["a list", ["hunter2", "hunter3"], "got a list of 2,"],
    ["a map", { password: "hunter2", user: "me" }, "got a map of password, user,"],
  ])("is not shown where it is inside %s", (_what, value, text) => {
    expect(line({ value })).toContain(text);
  });

  it("is one line of characters that a terminal shows as they are", () => {
    const value = "a\nb\u001b[31m\u009b31m\u202eevil\u200b\u2028\ufeff";
    expect(line({ value })).toContain(
      String.raw`got "a\nb\u001b[31m\u009b31m\u202eevil\u200b\u2028\ufeff",`,
    );
  });

  it("is cut where it is long, between two characters", () => {
    expect(line({ value: "😀".repeat(1000) })).toContain(`got "${"😀".repeat(80)}…",`);
  });

  it("is whole where it is just short enough", () => {
    expect(line({ value: "😀".repeat(80) })).toContain(`got "${"😀".repeat(80)}",`);
  });

  it("never breaks the message into other lines", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true }),
        fc.string({ unit: "binary" }),
        (value, key) => {
          const error = new SettingsError("dev", [
            { path: ["cluster", key], value, expected: "x" },
          ]);

          expect(error.message.split("\n")[1]).toMatch(
            /^ {2}platform:cluster[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/,
          );
        },
      ),
    );
  });
});

describe("the name of a setting", () => {
  it.each([
    ["platform", []],
    ["platform:environment", ["environment"]],
    ["platform:thunderline.web.ingress.host", ["thunderline", "web", "ingress", "host"]],
    ["platform:thunderline.app.features[1]", ["thunderline", "app", "features", 1]],
    [
      'platform:cluster.externalCidrs["db.example.com"]',
      ["cluster", "externalCidrs", "db.example.com"],
    ],
    ['platform:cluster["a b"]["\\"\\n"]', ["cluster", "a b", '"\n']],
    ['platform:cluster[""]', ["cluster", ""]],
    ['platform:"a b".c', ["a b", "c"]],
  ])("is %s, as pulumi config set --path takes it", (name, path) => {
    expect(settingName(path)).toBe(name);
  });

  it("is cut where a key is long", () => {
    expect(settingName(["cluster", "k".repeat(1000)])).toBe(
      `platform:cluster["${"k".repeat(80)}…"]`,
    );
  });
});

describe("the nearest valid name", () => {
  const valid = ["resources", "scaling", "ingress", "host"];

  it.each([
    ["a letter too few", "scalin", "scaling"],
    ["a letter too many", "hosts", "host"],
    ["two letters in the wrong order", "ingerss", "ingress"],
    ["another case", "HOST", "host"],
  ])("is found for %s: %s", (_what, name, meant) => {
    expect(nearest(name, valid)).toBe(meant);
  });

  it.each([
    ["another word", "volume", valid],
    ["a name without letters in common", "xyz", valid],
    ["no valid names", "host", []],
  ])("is not guessed from %s: %s", (_what, name, names) => {
    expect(nearest(name, names)).toBeUndefined();
  });

  it("is the first of two that are as near", () => {
    expect(nearest("hoste", ["hosted", "hosten"])).toBe("hosted");
  });
});
