import type { Environment } from "../environment";
import { clusterDefaults } from "./cluster";
import { faultmavenProfile } from "./faultmaven";
import { philotesProfile } from "./philotes";
import { telemetryProfile } from "./telemetry";
import { thunderlineProfile } from "./thunderline";

/**
 * The settings of an environment before a stack says anything. A stack file adds the facts of its
 * place and what differs. What nobody can guess has no default: the context, hosts and addresses, the
 * keys of somebody else's services, and the database that Philotes reads.
 */
export function profile(environment: Environment): Record<string, unknown> {
  return {
    environment,
    cluster: clusterDefaults,
    thunderline: thunderlineProfile(environment),
    faultmaven: faultmavenProfile(environment),
    philotes: philotesProfile(environment),
    telemetry: telemetryProfile(environment),
  };
}
