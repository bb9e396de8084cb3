import { UserError } from "../../errors";
import { countsOf } from "../../preflight";
import { validate } from "../../validate";
import type { PhaseStep } from "../model";

/** What has just been brought up may still be at it: an autoscaler has no figures in its first minute. */
const waitSeconds = 120;

/** Document 000, phase 5 and its checklist. */
export const validateStep: PhaseStep = {
  name: "validate",
  why: "a stack that was applied may not work yet",
  plan: async ({ target }) => [`look whether stack ${target.stack} works: npm run validate`],
  require: async () => undefined,
  run: async ({ target, api, progress, request }) => {
    const results = await validate(target, api, {
      ...{ systems: [request.system], progress },
      overrides: request.overrides ?? [],
      waitSeconds,
    });
    const failed = results.filter(({ status }) => status === "failed");
    if (failed.length > 0) {
      throw new UserError(
        `Stack ${target.stack} does not work:\n${failed.map(({ subject, evidence }) => `  ${subject}: ${evidence}`).join("\n")}`,
        `Mend it and run the same command again, or go back: --back. All results: npm run validate -- --stack ${target.stack}`,
      );
    }
    const { passed, unchecked, warning } = countsOf(results);
    return {
      says: `${String(passed)} passed, ${String(warning)} warnings, ${String(unchecked)} unchecked`,
    };
  },
};
