/** Proves that no choice of settings breaks what has to hold for all; which choice is wise, it does not say. */
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";

import type { Thunderline } from "../../../../components/systems/thunderline";
import type { Environment } from "../../../../config/environment";
import {
  encryptedKeys,
  environment,
  foreignSecrets,
  keepingOverrides,
  richCluster,
  thunderlineOverrides,
} from "../../../support/arbitraries";
import { violations } from "../../../support/invariants";
import { manifestOf, titleOf } from "../../../support/manifests";
import type { Registered } from "../../../support/recorder";
import { settingsOf } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";
import { thunderline } from "../../../support/thunderline";

const byHand = "a value that nobody may see";

function system(
  stack: Environment,
  overrides: Readonly<Record<string, unknown>>,
): Promise<Synthesis<Thunderline>> {
  const said = { thunderline: overrides, cluster: richCluster };
  return thunderline(settingsOf(stack, said, encryptedKeys), { byHand: pulumi.secret(byHand) });
}

const seconds = 1000;

describe("any valid settings", () => {
  /** Every object that any of them made, with the resources that it was. */
  const seen = new Map<string, Registered[]>();

  it(
    "give a system in which all that has to hold holds",
    async () => {
      await fc.assert(
        fc.asyncProperty(environment, thunderlineOverrides, async (stack, overrides) => {
          const synthesis = await system(stack, overrides);
          for (const resource of synthesis.resources) remember(resource);
          const surroundings = { foreign: foreignSecrets, encrypted: [byHand] };
          expect(violations(synthesis, surroundings)).toEqual([]);
        }),
        { numRuns: 25 },
      );
    },
    60 * seconds,
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
    const known = seen.get(titleOf(resource)) ?? [];
    if (!known.some(({ urn }) => urn === resource.urn)) known.push(resource);
    seen.set(titleOf(resource), known);
  }
});

describe("any settings that let no data go", () => {
  it(
    "keep everything that was ever protected, because the engine removes none of it",
    async () => {
      const before = protectedUrns(await system("prod", {}));
      await fc.assert(
        fc.asyncProperty(keepingOverrides, async (overrides) => {
          const after = protectedUrns(await system("prod", overrides));
          expect(before.filter((urn) => !after.includes(urn))).toEqual([]);
        }),
        { numRuns: 10 },
      );
    },
    60 * seconds,
  );

  function protectedUrns({ resources }: Synthesis<unknown>): string[] {
    return resources.filter(({ protect }) => protect).map(({ urn }) => urn);
  }
});
