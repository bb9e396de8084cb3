import { clusterName } from "../../../config/cluster";
import { shortHash } from "../../hash";
import type { Scope } from "../../scope";

/**
 * What brokers know this stack by: they may serve several clusters, and several of these stacks. Letters,
 * digits and hyphens, 64 at most, which an MQTT broker takes as a client id.
 */
export function ownName({ cluster, instance }: Scope): string {
  const name = `${clusterName(cluster)}-${instance}`;
  return /^[A-Za-z0-9-]{1,64}$/.test(name) ? name : `${instance.slice(0, 50)}-${shortHash(name)}`;
}
