import { Inventory } from "../../components/inventory";
import type { Place, Scope } from "../../components/scope";
import type { ClusterSettings } from "../../config/cluster";
import { type Environment, postures } from "../../config/environment";
import type { EncryptedSettings } from "../../config/load";
import { settingsOf } from "./settings";

export interface Surroundings {
  /** @default dev */
  readonly environment?: Environment;
  /** What differs from the plain cluster of the profiles. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly encrypted?: EncryptedSettings;
  readonly placeholders?: boolean;
}

/** A place for components under test: a plain cluster, in the posture of an environment. */
export function testPlace(surroundings: Surroundings = {}): Place {
  const { environment = "dev", encrypted = {}, placeholders = false } = surroundings;
  return {
    cluster: testCluster(surroundings.cluster, Object.keys(encrypted)),
    posture: postures[environment],
    encrypted,
    placeholders,
  };
}

/** The same, inside the one system `acme` and its namespace. */
export function testScope(
  surroundings: Surroundings & Partial<Pick<Scope, "instance" | "exists" | "ready">> = {},
): Scope {
  const { instance = "acme", exists = [], ready = [] } = surroundings;
  const place = testPlace(surroundings);
  const inventory = new Inventory();
  return { ...place, system: "acme", instance, namespace: "acme", exists, ready, inventory };
}

function testCluster(
  cluster: Readonly<Record<string, unknown>> = {},
  encrypted: readonly string[] = [],
): ClusterSettings {
  return settingsOf("dev", { cluster }, encrypted).cluster;
}
