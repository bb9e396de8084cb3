/** Whoever forgets --secret, or writes a secret where its origin belongs, must not find it in a log. */
import { inspect } from "node:util";

import { settingsSchema } from "../../config/settings";
import { errorOf, saidBy } from "./support";

describe("a value that may be a secret is not shown", () => {
  it.each([
    ["an unknown plain value at the top", "openaiApiKey", "hunter2"],
    ["an unknown list at the top", "openaiApiKey", ["hunter2"]],
    [
      "an unknown map at the top, such as a .dockerconfigjson",
      "pullSecret",
      { auths: { auth: "hunter2" } },
    ],
    ["a misspelt map", "thunderlin", { postgres: { password: "hunter2" } }],
    ["a password in the place of its origin", "thunderline.postgres.password", "hunter2"],
    ["a key in the place of its origin", "thunderline.secrets.openaiApiKey", "hunter2"],
    ["a list in the place of its origin", "thunderline.secrets.openaiApiKey", ["hunter2"]],
    ["an unknown key beside secrets", "thunderline.secrets.anthropicApiKey", "hunter2"],
    ["a misspelt key beside a password", "thunderline.postgres.pasword", "hunter2"],
    ["an unknown key inside a secret's origin", "thunderline.postgres.password.value", "hunter2"],
    ["registry credentials without a name", "cluster.registryCredentials", "hunter2"],
    ["a secret in the place of all", "thunderline.secrets", "hunter2"],
    [
      "a secret in the place of its name",
      "thunderline.postgres.password",
      { from: "setting", key: "hunter-2" },
    ],
    [
      "registry credentials in the place of their name",
      "cluster.registryCredentials.key",
      '{"auths":"hunter2"}',
    ],
    [
      "a map with a secret in the place of text",
      "thunderline.postgres.user",
      { password: "hunter2" },
    ],
  ])("%s", (_what, path, value) => {
    expect(errorOf(saidBy("dev", { [path]: value })).message).not.toMatch(/hunter-?2/);
  });

  it.each([
    ["at the top", "openaiApiKey"],
    ["beside secrets", "thunderline.secrets.anthropicApiKey"],
    ["in the place of its origin", "thunderline.postgres.password"],
  ])("nor kept in the error: one %s", (_where, path) => {
    const { faults } = errorOf(saidBy("dev", { [path]: "hunter2" }));
    expect(inspect(faults, { depth: Infinity })).not.toContain("hunter2");
  });

  it("but the way to set it is", () => {
    const known = Object.keys(settingsSchema.shape).join(", ");
    expect(errorOf(saidBy("dev", { openaiApiKey: "hunter2" })).message).toBe(
      [
        "The settings of stack test have 1 fault:",
        `  platform:openaiApiKey: got a value that is not shown, expected one of ${known}; there is no setting openaiApiKey here (a secret is set with pulumi config set --secret)`,
      ].join("\n"),
    );
  });
});

describe("any other value is shown", () => {
  it.each([
    ["an unknown key of a part", "thunderline.web.colour", "red", '"red"'],
    ["an origin that there is not", "thunderline.postgres.password.from", "vault", '"vault"'],
    [
      "the name of a Secret that is none",
      "thunderline.postgres.password",
      { from: "existing", secretName: "No", key: "a" },
      '"No"',
    ],
  ])("%s", (_what, path, value, shown) => {
    expect(errorOf(saidBy("dev", { [path]: value })).message).toContain(`got ${shown},`);
  });
});
