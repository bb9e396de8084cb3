/** What a derived stack file keeps of the committed one, and what not. */
import { parse } from "yaml";

import {
  deriveStackFile,
  encryptedValues,
  encryptionSalt,
  stackSetting,
} from "../../cli/workspace/stack-file";

const committed = `
# why this stack is as it is
secretsprovider: awskms://alias/team
encryptedkey: AQICAHg=
encryptionsalt: v1:team
config:
  platform:environment: prod
  platform:thunderline:
    web: { tag: 1.10, quoted: "1.10" }
  platform:registry:
    secure: AAABAteam
`;

const placeholders = new Map([["platform:registry", "v1:ours"]]);

describe("a derived stack file", () => {
  const derived = deriveStackFile(committed, { salt: "v1:local", placeholders });

  it("has the local salt and nothing of the team's key", () => {
    expect(encryptionSalt(derived)).toBe("v1:local");
    expect(Object.keys(parse(derived) as object)).toEqual(["config", "encryptionsalt"]);
  });

  it("has a placeholder for each encrypted value", () => {
    expect(encryptedValues(committed)).toEqual(new Map([["platform:registry", "AAABAteam"]]));
    expect(encryptedValues(derived)).toEqual(placeholders);
    expect(derived).not.toContain("AAABAteam");
  });

  it("keeps other settings to the letter, so that 1.10 does not become 1.1", () => {
    expect(derived).toMatch(/tag: 1\.10, quoted: "1\.10"/);
  });

  it("is the same when it is derived again", () => {
    expect(deriveStackFile(derived, { salt: "v1:local", placeholders })).toBe(derived);
  });

  it("has overrides in place of the committed settings", () => {
    const overrides = [{ key: "platform:render", value: { directory: "/d", placeholders: true } }];
    const changed = deriveStackFile(committed, { salt: "v1:local", placeholders, overrides });
    expect(stackSetting(changed, "platform:render")).toEqual(overrides[0]?.value);
    expect(stackSetting(changed, "platform:environment")).toBe("prod");
  });
});

it("has stand-ins for encrypted settings that the committed one lacks", () => {
  const standIns = new Map([["platform:apiKey", "v1:stand-in"]]);
  const derived = deriveStackFile(committed, { salt: "v1:local", placeholders, standIns });
  expect(encryptedValues(derived)).toEqual(new Map([...placeholders, ...standIns]));
});

it("finds encrypted values inside maps and lists", () => {
  const text = "config:\n  a:b: { c: [{ d: { secure: x } }], e: { secure: y } }\n";
  expect([...encryptedValues(text).keys()]).toEqual(["a:b/c/0/d", "a:b/e"]);
});

it("does not take a map that has a key `secure` among others for an encrypted value", () => {
  expect(encryptedValues("config: { a:b: { secure: x, other: y } }").size).toBe(0);
});

it("leaves the salt to pulumi where none is known", () => {
  expect(
    encryptionSalt(deriveStackFile("config: {}", { salt: undefined, placeholders })),
  ).toBeUndefined();
});

it.each(["", "# nothing but a comment\n", "encryptionsalt: v1:x\n"])(
  "takes a stack file without settings: %j",
  (text) => {
    const overrides = [{ key: "a:b", value: 1 }];
    const derived = deriveStackFile(text, { salt: "v1:local", placeholders, overrides });
    expect(parse(derived)).toEqual({ config: { "a:b": 1 }, encryptionsalt: "v1:local" });
  },
);

it("refuses a file that is not YAML, in words", () => {
  expect(() => encryptedValues("config: [")).toThrow("A stack file is not valid YAML");
});
