import type { Synthesis } from "../synth";
import { excessiveRights, strayTokens } from "./api-access";
import {
  aimlessPolicies,
  deadAddresses,
  oneSidedConnections,
  openPolicies,
  uselessPorts,
} from "./network";
import {
  disordered,
  literalSecrets,
  looseSelectors,
  sharedClaims,
  unprobedServers,
  unresolvedTemplates,
  unrestricted,
  unsized,
  type Violations,
} from "./pods";
import { tightQuota } from "./quota";
import { danglingObjects, danglingPods, earlyPods } from "./references";
import { openSecrets, strayingSecrets } from "./secrets";
import {
  foreignProviders,
  malformedObjects,
  misnamedChildren,
  orphans,
  recordedArguments,
  twins,
  unfinishedComponents,
  wrongTokens,
} from "./structure";

/** What somebody else keeps, and what the stack's own settings keep. */
export interface Surroundings {
  /** Names of Secrets and claims that exist already. */
  readonly foreign?: readonly string[];
  /** Values of the encrypted settings. */
  readonly encrypted?: readonly string[];
  /** Workloads that are told addresses only to hand them on. */
  readonly messengers?: readonly string[];
}

type Invariant = (synthesis: Synthesis<unknown>, surroundings: Surroundings) => Violations;

/** What holds in each namespace by itself. */
const ofNamespaces: Readonly<Record<string, Invariant>> = {
  "every container has requests and limits": unsized,
  "every pod meets the restricted Pod Security Standard": unrestricted,
  "only pods that ask the API server have a token": strayTokens,
  "an account may do what its pods are there for, and nothing else": excessiveRights,
  "variables are ordered and named once": disordered,
  "templates refer to variables that stand before them": unresolvedTemplates,
  "variables that sound like secrets are read from Secrets": literalSecrets,
  "every server has all three probes": unprobedServers,
  "every volume of one node belongs to one kind of pod": sharedClaims,
  "a controller selects its own pods alone": looseSelectors,
  "what a pod reads, mounts or runs as exists before it": (synthesis, { foreign }) =>
    danglingPods(synthesis, foreign),
  "a pod waits for the ways and Services of its component": earlyPods,
  "Services, probes, ingresses, budgets, scalers and monitors lead somewhere": (
    synthesis,
    { foreign },
  ) => danglingObjects(synthesis, foreign),
  "policies name pods that are there": aimlessPolicies,
  "every connection is open at both ends": oneSidedConnections,
  "no port is opened where nobody listens": uselessPorts,
  "every address that a pod is told answers and may be reached": (synthesis, { messengers }) =>
    deadAddresses(synthesis, messengers),
  "no policy lets everybody in or out": openPolicies,
  "the quota holds every replica, surge and job": tightQuota,
};

/** What holds of a system as a whole. */
const ofSystems: Readonly<Record<string, Invariant>> = {
  "secrets are in Secrets and nowhere else": (synthesis, { encrypted }) =>
    strayingSecrets(synthesis, encrypted),
  "Secrets are secret in the state": openSecrets,
  "children are named after their parents": misnamedChildren,
  "nothing but the system itself has no parent": orphans,
  "every component registers its outputs": unfinishedComponents,
  "no component's arguments reach the state": recordedArguments,
  "every component's token names its layer and class": wrongTokens,
  "no resource and no object is there twice": twins,
  "objects are named, labelled and placed as the API server takes them": malformedObjects,
  "every object is applied by the stack's provider": foreignProviders,
};

/** What holds for every system in every stack; each name completes "in a system, …". */
export const invariants: Readonly<Record<string, Invariant>> = {
  ...Object.fromEntries(
    Object.entries(ofNamespaces).map(([name, invariant]) => [name, inEach(invariant)]),
  ),
  ...ofSystems,
};

/** The invariant in each namespace that the system has. */
function inEach(invariant: Invariant): Invariant {
  return (synthesis, surroundings) =>
    synthesis
      .names("Namespace")
      .flatMap((namespace) => invariant(synthesis.within(namespace), surroundings));
}

/** All that is wrong with a system. */
export function violations(
  synthesis: Synthesis<unknown>,
  surroundings: Surroundings = {},
): Violations {
  return Object.values(invariants).flatMap((invariant) => invariant(synthesis, surroundings));
}
