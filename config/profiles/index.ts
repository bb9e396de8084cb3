import type { Environment } from "../environment";
import { clusterDefaults } from "./cluster";
import { thunderlineProfile } from "./thunderline";

/**
 * The settings of an environment before a stack says anything. A stack file adds the facts of its
 * place and what differs. The one thing without a default is the context: nobody guesses a cluster.
 */
export function profile(environment: Environment): Record<string, unknown> {
  return {
    environment,
    cluster: clusterDefaults,
    thunderline: thunderlineProfile(environment),
  };
}
