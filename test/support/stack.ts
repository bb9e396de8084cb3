import type { Environment } from "../../config/environment";
import { faultmaven } from "./faultmaven";
import type { Kind, Manifests } from "./manifests";
import { philotes } from "./philotes";
import { stackSettings } from "./settings";
import type { Synthesis } from "./synth";
import { telemetry } from "./telemetry";
import { thunderline } from "./thunderline";

/** All four systems of one of the team's own stacks. */
export async function stack(environment: Environment): Promise<readonly Synthesis<unknown>[]> {
  const settings = stackSettings(environment);
  const systems = [];
  // One after another: the engine's stand-in is one for the whole process.
  for (const build of [thunderline, faultmaven, philotes, telemetry]) {
    systems.push(await build(settings));
  }
  return systems;
}

/** The objects of a kind in a whole stack. */
export async function stackObjects<K extends Kind>(
  environment: Environment,
  kind: K,
): Promise<Manifests[K][]> {
  return (await stack(environment)).flatMap((system) => system.objects(kind));
}
