import * as pulumi from "@pulumi/pulumi";

import type { Environment } from "../../config/environment";
import type { EncryptedSettings } from "../../config/load";
import type { Settings } from "../../config/settings";
import { encryptedKeys, environment, foreignNames } from "./arbitraries";
import fc from "./fast-check";
import { type Surroundings, violations } from "./invariants";
import { addressOf, manifestOf } from "./manifests";
import type { Registered } from "./recorder";
import { settingsOf } from "./settings";
import type { Synthesis } from "./synth";

type Overrides = Readonly<Record<string, unknown>>;

export interface SystemProperties {
  /** Its key under `platform:`. */
  readonly key: "thunderline" | "faultmaven" | "philotes" | "telemetry";
  readonly build: (settings: Settings, encrypted: EncryptedSettings) => Promise<Synthesis<unknown>>;
  /** A cluster with everything that some setting needs. */
  readonly cluster: Overrides;
  /** Any valid choice over the defaults of an environment. */
  readonly any: fc.Arbitrary<Overrides>;
  /** The same as long as nobody writes that data may go. */
  readonly keeping: fc.Arbitrary<Overrides>;
  /** The stack that has the most to keep. */
  readonly keeper: Environment;
  readonly surroundings?: Surroundings;
}

// Safe in a URL, like every value that the settings take.
const byHand = "a-value-that-nobody-may-see";

const timeout = 60_000;

/** What no choice of settings may break, for one system. */
export function describeProperties(properties: SystemProperties): void {
  const system = (stack: Environment, overrides: Overrides): Promise<Synthesis<unknown>> => {
    const said = { [properties.key]: overrides, cluster: properties.cluster };
    const settings = settingsOf(stack, said, encryptedKeys);
    return properties.build(settings, { byHand: pulumi.secret(byHand) });
  };

  describe("any valid settings", () => {
    /** Every object that any of them made, with the resources that it was. */
    const seen = new Map<string, Registered[]>();

    it(
      "give a system in which all that has to hold holds",
      async () => {
        await fc.assert(
          fc.asyncProperty(environment, properties.any, async (stack, overrides) => {
            const synthesis = await system(stack, overrides);
            for (const resource of synthesis.resources) remember(resource);
            const surroundings = { foreign: foreignNames, encrypted: [byHand] };
            expect(violations(synthesis, { ...properties.surroundings, ...surroundings })).toEqual(
              [],
            );
          }),
          { numRuns: 25 },
        );
      },
      timeout,
    );

    it("give an object the same resource, or the old one's removal would take the new one away", () => {
      const torn = [...seen].flatMap(([title, resources]) =>
        resources.flatMap((before) =>
          resources
            .filter((after) => !after.knownAs.includes(before.urn))
            .map((after) => `${title} was ${before.urn} and is ${after.urn}`),
        ),
      );
      expect(torn).toEqual([]);
    });

    function remember(resource: Registered): void {
      if (manifestOf(resource) === undefined) return;
      const known = seen.get(addressOf(resource)) ?? [];
      if (!known.some(({ urn }) => urn === resource.urn)) known.push(resource);
      seen.set(addressOf(resource), known);
    }
  });

  describe("any settings that let no data go", () => {
    it(
      "keep everything that was ever protected, because the engine removes none of it",
      async () => {
        const before = protectedUrns(await system(properties.keeper, {}));
        await fc.assert(
          fc.asyncProperty(properties.keeping, async (overrides) => {
            const after = protectedUrns(await system(properties.keeper, overrides));
            expect(before.filter((urn) => !after.includes(urn))).toEqual([]);
          }),
          { numRuns: 10 },
        );
      },
      timeout,
    );
  });
}

function protectedUrns({ resources }: Synthesis<unknown>): string[] {
  return resources.filter(({ protect }) => protect).map(({ urn }) => urn);
}
