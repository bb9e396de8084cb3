import { parse } from "yaml";

import { UserError } from "../errors";
import { renderObjects } from "../render";
import type { System } from "../restore/system";
import type { Target } from "../target";
import type { Override } from "../workspace";
import { objectsThere } from "./cluster";
import { type Counterpart, counterparts, rivalIngresses } from "./counterparts";
import { holdingsOf } from "./holdings";
import { judge, type Judged, ownClaimOf, secretSettings, settingsOf } from "./judge";
import { type Live, readLive } from "./live";
import {
  hasDeletingPolicy,
  type IngressObject,
  isOfRelease,
  isOurs,
  type KubernetesObject,
  nameOf,
  type Workload,
} from "./objects";
import {
  type Obstacle,
  obstaclesOfClaims,
  obstaclesOfNames,
  obstaclesOfQuota,
  obstaclesOfRelease,
  obstaclesOfSettings,
} from "./obstacles";
import { parts } from "./parts";
import { missingSettings, withSettings } from "./proposal";
import { readRelease, type Release } from "./release";
import type { Setting } from "./verdict";

/** The systems that an adoption knows: each has one namespace. */
export type Adopting = Exclude<System, "telemetry">;
export const adopting = Object.keys(parts) as readonly Adopting[];

/** What somebody wants to have taken over. */
export interface Request {
  readonly release: string;
  readonly namespace: string;
  /** @default the system whose namespace the settings say this is */
  readonly system?: Adopting;
  /** Claims that are to stay where they are, although ours has such data too. @default none */
  readonly leave?: readonly string[];
  /** Settings in place of the committed ones. @default none */
  readonly overrides?: readonly Override[];
  /** Whether ours is rendered and set beside the old, which takes a while. @default true */
  readonly compare?: boolean;
}

/** All that is known of an adoption before anything is changed. */
export interface Adoption {
  readonly release: Release;
  readonly system: Adopting;
  readonly live: Live;
  readonly judged: readonly Judged[];
  /** The settings by which ours takes over. */
  readonly proposed: readonly Setting[];
  /** Those of them that the stack does not have. */
  readonly missing: readonly Setting[];
  /** Ours as they will be, in the release's namespace. */
  readonly ours: readonly KubernetesObject[];
  readonly counterparts: readonly Counterpart[];
  /** The release's ingresses for hosts that ours answers for. */
  readonly rivals: readonly IngressObject[];
  readonly obstacles: readonly Obstacle[];
  readonly notes: readonly string[];
}

/** Reads the release and the cluster and works out what an adoption would do. It changes nothing. */
export async function planAdoption(
  target: Pick<Target, "kubectl" | "settings" | "workspace" | "stack">,
  request: Request,
): Promise<Adoption> {
  const { kubectl, settings } = target;
  const release = await readRelease(kubectl, request.release, request.namespace);
  const live = await readLive(kubectl, request.namespace);
  const system = request.system ?? systemIn(target, request.namespace);
  const workloads = live.workloads.filter((workload) => isOfRelease(workload, release));
  const holdings = holdingsOf(release, live);
  const leave = request.leave ?? [];
  const known = [...Object.keys(release.taken?.claims ?? {}), ...(release.taken?.left ?? [])];
  requireKnown(leave, [...holdings.map(({ claim }) => claim), ...known]);
  const keys = live.secretKeys;
  const judged = judge(holdings, { settings, system, keys, workloads, leave });
  const own = live.claims.filter(isOurs).map(({ metadata }) => metadata.name);
  const proposed = [...settingsOf(judged, own), ...secretSettings(system, workloads, keys)];
  const before = [
    ...obstaclesOfRelease(release, live),
    ...obstaclesOfSettings(release, settings, system),
  ];
  const compared = request.compare !== false && before.length === 0;
  const ours = compared ? await render(target, request, system, proposed) : [];
  const taken = judged.filter(({ verdict, left }) => verdict?.adopt === true && !left);
  return {
    ...{ release, system, live, judged, proposed, ours },
    missing: missingSettings(settings, system, proposed),
    counterparts: counterparts(
      release,
      ours,
      taken.map(({ holding }) => holding.claim),
    ),
    rivals: rivalIngresses(release, live, ours),
    obstacles: [
      ...before,
      ...obstaclesOfClaims(taken.map(({ holding }) => holding)),
      ...judged.flatMap(obstacleOfVerdict),
      ...obstaclesOfNames(release, ours, await objectsThere(kubectl, request.namespace, ours)),
      ...obstaclesOfQuota(system, live, ours),
    ],
    notes: notesOn(release, live, judged),
  };
}

/** The system that has this namespace. */
export function systemIn(
  { settings, stack }: Pick<Target, "settings" | "stack">,
  namespace: string,
): Adopting {
  const found = adopting.find((system) => settings[system].namespace === namespace);
  if (found !== undefined) return found;
  const known = adopting.map((system) => `${system} is in ${settings[system].namespace}`);
  throw new UserError(
    `No system of stack ${stack} is in namespace ${namespace}: ${known.join(", ")}.`,
    "Claims cannot be mounted from another namespace. Name the system (--system) to see what else is in the way.",
  );
}

function requireKnown(leave: readonly string[], claims: readonly string[]): void {
  const unknown = leave.find((claim) => !claims.includes(claim));
  if (unknown === undefined) return;
  throw new UserError(
    `--leave: the release has no claim "${unknown}".`,
    claims.length === 0 ? "It has none at all." : `It has ${claims.join(", ")}.`,
  );
}

async function render(
  { workspace, stack }: Pick<Target, "workspace" | "stack">,
  { overrides = [], namespace }: Request,
  system: Adopting,
  proposed: readonly Setting[],
): Promise<readonly KubernetesObject[]> {
  const settings = withSettings(workspace, stack, system, proposed, overrides);
  const { files } = await renderObjects(stack, { workspace, overrides: settings });
  return files
    .map(({ text }) => parse(text) as KubernetesObject)
    .filter(
      ({ kind, metadata }) =>
        metadata.namespace === namespace || (kind === "Namespace" && metadata.name === namespace),
    );
}

function obstacleOfVerdict({ holding, verdict, left }: Judged): readonly Obstacle[] {
  if (verdict === undefined || verdict.adopt || left) return [];
  return [
    {
      what: `Claim ${holding.claim} cannot be taken over as it is: ${verdict.why}.`,
      mend: verdict.mend,
    },
  ];
}

function notesOn(release: Release, live: Live, judged: readonly Judged[]): readonly string[] {
  const strangers = live.workloads.filter(
    (workload) => !isOfRelease(workload, release) && !isOurs(workload),
  );
  const deleted = judged.filter(({ holding }) => holding.volume.policy === "Delete");
  return [
    ...judged.flatMap(({ holding, verdict, left }) =>
      verdict?.adopt === true && !left
        ? verdict.notes.map((note) => `${holding.claim}: ${note}`)
        : [],
    ),
    ...judged.flatMap((it) => keptBeside(it, live)),
    ...deletedWith(judged),
    ...(deleted.length === 0
      ? []
      : [
          `volumes with the reclaim policy Delete go with their claim; --apply sets Retain: ${deleted.map(({ holding }) => holding.volume.name).join(", ")}`,
        ]),
    ...(strangers.length === 0
      ? []
      : [
          `not of this release, and soon under our namespace's policies, quota and pod security: ${strangers.map((workload: Workload) => nameOf(workload)).join(", ")}`,
        ]),
    "until --finish, `helm uninstall` and `helm upgrade` still know the release: do not run them",
  ];
}

function keptBeside({ part, verdict, left }: Judged, { claims }: Live): readonly string[] {
  if (part === undefined || verdict?.adopt !== true || left) return [];
  const own = claims.filter(isOurs).map(({ metadata }) => metadata.name);
  const kept = ownClaimOf(part, own);
  return kept === undefined
    ? []
    : [
        `${kept}: ours has made this claim before; ownClaim keeps it, unused, until you say release`,
      ];
}

function deletedWith(judged: readonly Judged[]): readonly string[] {
  const users = judged.flatMap(({ holding }) => holding.users);
  const named = users
    .filter(({ workload }) => hasDeletingPolicy(workload))
    .map(({ workload }) => nameOf(workload));
  return named.length === 0
    ? []
    : [
        `would delete its claims with its pods or itself (persistentVolumeClaimRetentionPolicy); --apply sets Retain first: ${[...new Set(named)].join(", ")}`,
      ];
}
