import * as pulumi from "@pulumi/pulumi";

import type { DataPolicy } from "../config/blocks";
import type { ClusterSettings } from "../config/cluster";
import type { Posture } from "../config/environment";
import type { EncryptedSettings } from "../config/load";
import type { Inventory } from "./inventory";
import type { Belonging } from "./labels";

/** What every component of the program needs to know of its place. */
export interface Place {
  readonly cluster: ClusterSettings;
  readonly posture: Posture;
  readonly encrypted: EncryptedSettings;
  /** Secrets show placeholders instead of values: rendered files are for reading, not for keeping. */
  readonly placeholders: boolean;
  /** What the groups of the cluster's settings may look at in each namespace; none may without it. */
  readonly viewerRole?: ViewerRole;
}

/** A ClusterRole to bind, and what has to be there first. */
export interface ViewerRole {
  readonly roleName: string;
  readonly ready: readonly pulumi.Resource[];
}

/** What every part of a system needs to know of its surroundings. */
export interface Scope extends Place, Belonging {
  readonly namespace: string;
  /** The namespace itself: all that data has to wait for, so that it never holds anything else back. */
  readonly exists: readonly pulumi.Resource[];
  /** The namespace with its limits and policies: what pods have to wait for. */
  readonly ready: readonly pulumi.Resource[];
  /** What the parts of the namespace have noted of themselves, for those who watch it. */
  readonly inventory: Inventory;
}

/** The surroundings of a part of the system that has a role of its own. */
export function roleIn(scope: Scope, component: string): Scope {
  return { ...scope, component };
}

/** Whether data is declared at all, whether something uses it, and whether it resists deletion. */
export interface Retention {
  readonly declared: boolean;
  readonly inUse: boolean;
  readonly protect: boolean;
}

/** Data in use is always kept; what its policy says counts from when it no longer is. */
export function retention(posture: Posture, inUse: boolean, policy: DataPolicy): Retention {
  return {
    declared: inUse || policy !== "discard",
    inUse,
    protect: posture.protectData && (inUse || policy === "keep"),
  };
}

/** Credentials that somebody else made can be given again. */
export const given: Retention = { declared: true, inUse: true, protect: false };

/** Says in the preview what stays although nothing uses it any more, so that nobody keeps it by mistake. */
export function announceKept(
  what: string,
  { inUse, protect }: Retention,
  resource: pulumi.Resource,
): void {
  if (inUse) return;
  const how = protect ? "kept and protected" : "kept, no longer protected";
  void pulumi.log.info(
    `${what} is ${how}; nothing uses it now, and its data setting says when it goes`,
    resource,
  );
}

/** The full DNS name of a Service of this scope. */
export function serviceHost(scope: Scope, service: string): string {
  return `${service}.${scope.namespace}.svc.${scope.cluster.domain}`;
}
