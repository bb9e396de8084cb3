import { claimUses } from "../../config/rules/claims";
import type { Settings } from "../../config/settings";
import { UserError } from "../errors";
import type { Target } from "../target";
import { nameOf, type Pod } from "./objects";
import { writersOf } from "./pods";

/** A claim that somebody else made and our settings name, with those of others who work on it. */
export interface ClaimInUse {
  readonly namespace: string;
  readonly claim: string;
  /** `thunderline.postgres.volume`. */
  readonly setting: string;
  readonly pods: readonly Pod[];
}

/** The claims of others that the settings name, and which pods that are not ours have them now. */
export async function claimsInUse(
  settings: Settings,
  podsIn: (namespace: string) => Promise<readonly Pod[]>,
): Promise<readonly ClaimInUse[]> {
  const uses = claimUses(settings).map(({ system, part, claim, path }) => ({
    claim,
    setting: path.join("."),
    namespace:
      system === "telemetry"
        ? settings.telemetry.namespaces[part as keyof Settings["telemetry"]["namespaces"]]
        : settings[system].namespace,
  }));
  const namespaces = [...new Set(uses.map(({ namespace }) => namespace))];
  const pods = new Map(
    await Promise.all(namespaces.map(async (it) => [it, await podsIn(it)] as const)),
  );
  return uses.map((use) => ({ ...use, pods: writersOf(use.claim, pods.get(use.namespace) ?? []) }));
}

/**
 * Refuses an update while others work on a claim that ours would mount: two servers on one volume destroy
 * it. Between `adopt --write` and `--apply`, and after `--back`, it is so.
 */
export async function requireClaimsFree(
  target: Pick<Target, "kind" | "kubectl" | "settings" | "stack">,
): Promise<void> {
  const { kind, kubectl, settings, stack } = target;
  if (kind === "none") return;
  const all = await claimsInUse(settings, async (namespace) => {
    const answer = await kubectl(["get", "pods", "--namespace", namespace, "--output", "json"]);
    return (JSON.parse(answer) as { readonly items: readonly Pod[] }).items;
  });
  const used = all.filter(({ pods }) => pods.length > 0);
  if (used.length === 0) return;
  throw new UserError(
    `Others work on volumes that stack ${stack} would mount, so nothing was changed:\n` +
      used.map((it) => `  - ${inUseText(it)}`).join("\n"),
    `Stop them first: npm run adopt -- --stack ${stack} … --apply does, for a Helm release. After --back, take existingClaim out of the settings again.`,
  );
}

/** `claim data-0 of thunderline: mounted by Pod db-0, and named by platform:thunderline.postgres.volume` */
export function inUseText({ claim, namespace, setting, pods }: ClaimInUse): string {
  return `claim ${claim} of ${namespace}: mounted by ${pods.map(nameOf).join(", ")}, and named by platform:${setting}`;
}
