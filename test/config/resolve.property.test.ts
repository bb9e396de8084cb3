/** What holds for any settings, however they are mistyped. */
import fc from "fast-check";

import { environments } from "../../config/environment";
import { settingName, SettingsError } from "../../config/faults";
import { resolve } from "../../config/resolve";
import { type Settings, settingsSchema } from "../../config/settings";
import { arbitrary } from "./mutations";
import type { Said } from "./support";

function outcome(said: Said): Settings | SettingsError {
  try {
    return resolve("test", said);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}

describe.each(environments)("mistyped settings of %s", (stack) => {
  const said = arbitrary(stack);
  const runs = { numRuns: 400 };

  function holds(check: (result: Settings | SettingsError, said: Said) => void): void {
    fc.assert(
      fc.property(said, (one) => {
        check(outcome(one), one);
      }),
      runs,
    );
  }

  it("give settings that stay the same when checked again, or a SettingsError and nothing else", () => {
    holds((result) => {
      if (result instanceof SettingsError) expect(result.faults).not.toHaveLength(0);
      else expect(settingsSchema.parse(result)).toEqual(result);
    });
  });

  it("give settings that are the same as a stack's whole file", () => {
    holds((result) => {
      if (!(result instanceof SettingsError)) {
        expect(outcome(result as unknown as Said)).toEqual(result);
      }
    });
  });

  it("have each fault at a setting of its own", () => {
    holds((result) => {
      if (!(result instanceof SettingsError)) return;
      const names = result.faults.map(({ path }) => settingName(path));
      expect(names.filter((name) => !/^platform:./.test(name))).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    });
  });

  it("are answered in our words, a line for each fault", () => {
    holds((result) => {
      if (!(result instanceof SettingsError)) return;
      const [head, ...lines] = result.message.split("\n");
      expect(head).toMatch(/^The settings of stack test have (1 fault|\d+ faults):$/);
      expect(lines).toHaveLength(result.faults.length);
      const foreign = /expected (Invalid|Unrecognized|Too |undefined|$)|\[object|undefined/;
      expect(lines.filter((line) => foreign.test(line))).toEqual([]);
    });
  });

  it("are left as they were", () => {
    fc.assert(
      fc.property(said, (one) => {
        const before = structuredClone(one);
        outcome(one);
        expect(one).toEqual(before);
      }),
      runs,
    );
  });
});
