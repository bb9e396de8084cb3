import type * as pulumi from "@pulumi/pulumi";

import { provider } from "../../components/kubernetes/provider";
import { Thunderline } from "../../components/systems/thunderline";
import { type Environment, postures } from "../../config/environment";
import type { EncryptedSettings } from "../../config/load";
import type { Settings } from "../../config/settings";
import { settingsOf } from "./settings";
import { synth, type Synthesis } from "./synth";

/** The whole system of a stack, under the stack's provider, as `index.ts` builds it. */
export function thunderline(
  settings: Settings,
  encrypted: EncryptedSettings = {},
  opts: pulumi.ComponentResourceOptions = {},
): Promise<Synthesis<Thunderline>> {
  const place = {
    cluster: settings.cluster,
    posture: postures[settings.environment],
    encrypted,
    placeholders: false,
  };
  return synth(
    () =>
      new Thunderline(
        "thunderline",
        { place, settings: settings.thunderline },
        { ...opts, providers: [provider(settings)] },
      ),
    { preview: true },
  );
}

const known = new Map<string, Promise<Synthesis<Thunderline>>>();

/**
 * The same of an environment's defaults, with overrides of `platform:thunderline` on top. One choice is
 * built once for all tests of a file.
 */
export function thunderlineOf(
  environment: Environment,
  overrides: Readonly<Record<string, unknown>> = {},
  cluster: Readonly<Record<string, unknown>> = {},
): Promise<Synthesis<Thunderline>> {
  const key = JSON.stringify([environment, overrides, cluster]);
  const found =
    known.get(key) ?? thunderline(settingsOf(environment, { thunderline: overrides, cluster }));
  known.set(key, found);
  return found;
}
