/** What holds for any settings, however they are mistyped. */

import { environments } from "../../config/environment";
import { settingName, SettingsError } from "../../config/faults";
import { resolve } from "../../config/resolve";
import { type Settings, settingsSchema } from "../../config/settings";
import fc from "../support/fast-check";
import { arbitrary } from "./mutations";
import { given, type Said } from "./support";

interface Outcome {
  readonly settings?: Settings;
  readonly error?: SettingsError;
}

/** Either settings or a SettingsError: anything else ends the test. */
function outcomeOf(said: Said): Outcome {
  try {
    return { settings: resolve("test", said, given) };
  } catch (error) {
    if (error instanceof SettingsError) return { error };
    throw error;
  }
}

describe.each(environments)("mistyped settings of %s", (stack) => {
  const said = arbitrary(stack);

  it("give settings that stay the same when checked again", () => {
    fc.assert(
      fc.property(said, (one) => {
        const { settings } = outcomeOf(one);
        fc.pre(settings !== undefined);
        expect(settingsSchema.parse(settings)).toEqual(settings);
        expect(resolve("test", settings, given)).toEqual(settings);
      }),
      { numRuns: 40 },
    );
  });

  it("or have faults, each at a setting of its own", () => {
    fc.assert(
      fc.property(said, (one) => {
        const { settings, error } = outcomeOf(one);
        const names = (error?.faults ?? []).map(({ path }) => settingName(path));
        expect(names.length === 0).toBe(settings !== undefined);
        expect(names.filter((name) => !/^platform:./.test(name))).toEqual([]);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  it("are answered in our words, a line for each fault", () => {
    const foreign = /expected (Invalid|Unrecognized|Too |$)|\[object|undefined/;
    fc.assert(
      fc.property(said, (one) => {
        const { error } = outcomeOf(one);
        fc.pre(error !== undefined);
        const [, ...lines] = error.message.split("\n");
        expect(lines).toHaveLength(error.faults.length);
        expect(lines.filter((line) => foreign.test(line))).toEqual([]);
      }),
    );
  });

  it("are left as they were", () => {
    fc.assert(
      fc.property(said, (one) => {
        const before = structuredClone(one);
        outcomeOf(one);
        expect(one).toEqual(before);
      }),
    );
  });
});
