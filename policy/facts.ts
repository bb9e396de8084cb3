import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import type { ClusterSettings } from "../config/cluster";
import { type Environment, postures } from "../config/environment";
import { clusterDefaults } from "../config/profiles/cluster";
import { fields, get, text, textsWithin } from "./read";

/** What rules have to know of a stack besides its resources. */
export interface Facts {
  readonly environment: Environment;
  /** Volumes, their namespaces and generated secrets have to resist deletion. */
  readonly protectsData: boolean;
  /** Replicas have to spread, and a budget has to guard them. */
  readonly highlyAvailable: boolean;
  readonly capabilities: ClusterSettings["capabilities"];
  /** Through which every image is pulled, where the settings name one. */
  readonly imageRegistry?: string;
  /** Those of the images that the stack file names: whoever wrote them there has chosen them. */
  readonly namedRegistries: readonly string[];
}

/**
 * The facts in a stack file of the repository. The program itself checks settings; here a stack that
 * is not known, or says nothing that can be understood, is held to what production is held to.
 */
export function factsOfStack(stack: string, repository: string): Facts {
  const file = join(repository, `Pulumi.${stack}.yaml`);
  // The name of a stack is also told by resources, which nobody has checked.
  const known = /^[\w.-]+$/.test(stack) && existsSync(file);
  return factsIn(known ? parse(readFileSync(file, "utf8")) : undefined);
}

/** The facts in what a stack file says. */
export function factsIn(stackFile: unknown): Facts {
  const config = get(stackFile, "config");
  const cluster = get(config, "platform:cluster");
  const said = text(get(config, "platform:environment"));
  const environment = said !== undefined && isEnvironment(said) ? said : "prod";
  const { protectData, highlyAvailable } = postures[environment];
  const registry = text(get(cluster, "imageRegistry"));
  const installed = fields(get(cluster, "capabilities"));
  return {
    environment,
    protectsData: protectData,
    highlyAvailable,
    capabilities: { ...clusterDefaults.capabilities, ...installed },
    ...(registry === undefined ? {} : { imageRegistry: registry }),
    namedRegistries: [...new Set(registriesIn(config))],
  };
}

/** The hosts of all settings that are an image, such as `image` and `clientImage`. */
function registriesIn(config: unknown): string[] {
  return [...textsWithin(config)].flatMap(([path, value]) => {
    const [host = "", ...rest] = value.split("/");
    const names = /(^|\.|[a-z])image$/i.test(path) && rest.length > 0 && /[.:]/.test(host);
    return names ? [host] : [];
  });
}

function isEnvironment(name: string): name is Environment {
  return Object.hasOwn(postures, name);
}
