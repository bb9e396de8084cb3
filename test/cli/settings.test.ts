/** Which encrypted settings a stack file refers to and lacks: they get stand-ins, or are asked for. */
import { missingEncrypted } from "../../cli/workspace/settings";

const stack = `
config:
  platform:environment: dev
  platform:philotes:
    worker:
      source:
        host: db.example.com
        database: shop
        user: reader
        tlsMode: disable
        password: { from: setting, key: sourcePassword }
`;

describe("the encrypted settings that a stack lacks", () => {
  it("are those that it refers to, as keys of its file", () => {
    expect(missingEncrypted(stack, [])).toEqual(["platform:sourcePassword"]);
  });

  it("are not those that are in its file", () => {
    expect(missingEncrypted(`${stack}  platform:sourcePassword: { secure: AAAB }\n`, [])).toEqual(
      [],
    );
  });

  it("are those that an override refers to", () => {
    const source = { password: { from: "setting", key: "other" } };
    const overrides = [{ key: "platform:philotes", value: { worker: { source } } }];
    expect(missingEncrypted(stack, overrides)).toEqual(["platform:other"]);
  });
});
