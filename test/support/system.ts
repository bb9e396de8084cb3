import * as pulumi from "@pulumi/pulumi";

import { provider } from "../../components/kubernetes/provider";
import type { Place } from "../../components/scope";
import { referredKeys } from "../../config/encrypted";
import { type Environment, postures } from "../../config/environment";
import type { EncryptedSettings } from "../../config/load";
import type { Settings } from "../../config/settings";
import { settingsOf } from "./settings";
import { synth, type Synthesis } from "./synth";

type Overrides = Readonly<Record<string, unknown>>;

/** A place as `index.ts` makes it of a stack's settings. Encrypted settings have values of their own. */
export function placeOf(settings: Settings, encrypted: EncryptedSettings = {}): Place {
  const { cluster, environment } = settings;
  const values = referredKeys(settings).map((key) => [key, pulumi.secret(`value of ${key}`)]);
  return {
    cluster,
    posture: postures[environment],
    encrypted: { ...(Object.fromEntries(values) as EncryptedSettings), ...encrypted },
    placeholders: false,
  };
}

/** The whole of one system under a stack's provider, as `index.ts` builds it. */
export function building<T>(
  construct: (place: Place, settings: Settings, opts: pulumi.ComponentResourceOptions) => T,
) {
  return (
    settings: Settings,
    encrypted: EncryptedSettings = {},
    opts: pulumi.ComponentResourceOptions = {},
  ): Promise<Synthesis<T>> =>
    synth(
      () =>
        construct(placeOf(settings, encrypted), settings, {
          ...opts,
          providers: [provider(settings)],
        }),
      { preview: true },
    );
}

/**
 * The same of an environment's defaults, with overrides of `platform:<key>` and of the cluster on top.
 * One choice is built once for all tests of a file.
 */
export function buildingOf<T>(
  key: "thunderline" | "faultmaven" | "philotes" | "telemetry",
  build: (settings: Settings) => Promise<Synthesis<T>>,
) {
  const known = new Map<string, Promise<Synthesis<T>>>();
  return (
    environment: Environment,
    overrides: Overrides = {},
    cluster: Overrides = {},
  ): Promise<Synthesis<T>> => {
    const id = JSON.stringify([environment, overrides, cluster]);
    const found = known.get(id) ?? build(settingsOf(environment, { [key]: overrides, cluster }));
    known.set(id, found);
    return found;
  };
}
