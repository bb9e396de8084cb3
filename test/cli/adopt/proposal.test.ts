/** Proves how proposed settings come into a stack file, and when they count as being there. */
import { missingSettings, withLines, yamlOf } from "../../../cli/adopt/proposal";
import { settingsOf } from "../../support/settings";

const superuser = {
  path: ["postgres", "superuserPassword"],
  value: { from: "existing", secretName: "old", key: "password" },
  must: true,
};
const claim = { path: ["postgres", "volume", "existingClaim"], value: "data-old-0", must: true };

describe("proposed settings", () => {
  it("are shown as they stand in a stack file", () => {
    expect(yamlOf("thunderline", [claim, superuser])).toBe(
      [
        "config:",
        "  platform:thunderline:",
        "    postgres:",
        "      volume:",
        "        existingClaim: data-old-0",
        "      superuserPassword:",
        "        from: existing",
        "        secretName: old",
        "        key: password",
        "",
      ].join("\n"),
    );
  });

  it("leave comments and other settings of the file as they are", () => {
    const text = [
      "# of the team",
      "config:",
      "  platform:thunderline:",
      "    postgres:",
      "      # larger than the old one",
      "      volume: { size: 20Gi }",
      "    mlflow:",
      '      image: "1.10"',
      "",
    ].join("\n");
    const written = withLines(text, "thunderline", [claim]);
    expect(written).toBe(
      text.replace("{ size: 20Gi }", "{ size: 20Gi, existingClaim: data-old-0 }"),
    );
    expect(withLines(written, "thunderline", [claim])).toBe(written);
  });

  it("take the place of another source of the same secret", () => {
    const text = withLines("config: {}\n", "thunderline", [superuser]);
    const other = { ...superuser, value: { from: "existing", secretName: "new", key: "password" } };
    expect(withLines(text, "thunderline", [other])).toContain("secretName: new");
  });

  it("are missing until the stack has them, and a rotation beside them does not matter", () => {
    const before = settingsOf("dev");
    expect(missingSettings(before, "thunderline", [claim, superuser])).toEqual([claim, superuser]);
    const after = settingsOf("dev", {
      thunderline: {
        postgres: {
          volume: { existingClaim: "data-old-0" },
          superuserPassword: { ...superuser.value, rotation: 3 },
        },
      },
    });
    expect(missingSettings(after, "thunderline", [claim, superuser])).toEqual([]);
  });
});
