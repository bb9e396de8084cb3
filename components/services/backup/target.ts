import type { ObjectStoreTarget } from "../../../config/backup";
import type { Volume } from "../../../config/blocks";
import { clusterName } from "../../../config/cluster";
import { shortHash } from "../../hash";
import type { Claim } from "../../kubernetes/claim";
import { authority, type Connection, externalEndpoint } from "../../kubernetes/connection";
import { type Env, template } from "../../kubernetes/env";
import type { Mount, Preparation } from "../../kubernetes/pod";
import type { SecretBundle } from "../../kubernetes/secret-bundle";
import type { Scope } from "../../scope";

/** Where a job leaves what it has made: the part of its pod that differs from target to target. */
export interface TargetParts {
  readonly script: "claim" | "object-store";
  readonly env: Env;
  readonly connections: readonly Connection[];
  readonly mounts: readonly Mount[];
  readonly preparation?: Preparation;
}

const folder = "/backups";
const tools = "/tools";

export function claimTarget(claim: Claim): TargetParts {
  const mount = { kind: "claim", claim, path: folder } as const;
  return { script: "claim", env: {}, connections: [], mounts: [mount] };
}

export interface ObjectStoreTargetArgs {
  readonly scope: Scope;
  readonly settings: ObjectStoreTarget;
  readonly credentials: SecretBundle<"access-key" | "secret-key">;
  /** Room for one backup on its way there; beyond it the pod is evicted. */
  readonly workspace: Volume;
  /** Whether the job's own image has the client. */
  readonly hasClient: boolean;
}

/**
 * Below which place of a bucket a namespace's backups are. Stores of the same name are in several
 * systems, and one bucket may serve several clusters.
 */
export function placeIn({ cluster, namespace }: Scope, prefix?: string): string {
  const name = clusterName(cluster);
  const own = /^[A-Za-z0-9][\w.-]{0,62}$/.test(name)
    ? name
    : `${name.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 50)}-${shortHash(name)}`;
  return [...(prefix === undefined ? [] : [prefix]), own, namespace].join("/");
}

/** A bucket elsewhere. The job's image has no client for it, so that one comes from the client's image. */
export function objectStoreTarget({
  scope,
  settings,
  credentials,
  workspace,
  hasClient,
}: ObjectStoreTargetArgs): TargetParts {
  const to = externalEndpoint(scope, "backup-target", settings.host, settings.port);
  const scheme = settings.tls ? "https" : "http";
  const credential = "$(TARGET_ACCESS_KEY):$(TARGET_SECRET_KEY)";
  const env: Env = {
    MC_HOST_target: template(`${scheme}://${credential}@${authority(to)}`),
    // Otherwise the client asks the bucket for its region, which not every key may.
    MC_REGION: settings.region,
    TARGET_ACCESS_KEY: credentials.ref("access-key"),
    TARGET_BUCKET: settings.bucket,
    TARGET_PREFIX: placeIn(scope, settings.prefix),
    TARGET_SECRET_KEY: credentials.ref("secret-key"),
  };
  const work: Mount = { kind: "scratch", name: "work", path: folder, sizeLimit: workspace.size };
  const parts = { script: "object-store", connections: [{ to, env }] } as const;
  if (hasClient) return { ...parts, env: {}, mounts: [work] };
  return {
    ...parts,
    env: { MC: `${tools}/mc` },
    mounts: [work, { kind: "scratch", name: "tools", path: tools, sizeLimit: "128Mi" }],
    preparation: {
      image: settings.clientImage,
      command: ["/bin/sh", "-c", `cp "$(command -v mc)" ${tools}/mc`],
    },
  };
}
