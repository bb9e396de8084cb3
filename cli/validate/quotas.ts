import { kinds, nameOf, type ResourceQuota } from "../kubernetes";
import { amount } from "../preflight/amounts";
import { failed, type Finding, passed, warning } from "../preflight/model";
import type { ValidationContext } from "./model";
import { counterpart, declaredOf, inNamespace } from "./objects";

/** Above this share of a quota the next update may not find room for its pods. */
const narrow = 0.9;

/** Whether quotas and limits are in force, and there is room left in them. */
export async function quotas({
  declared,
  live,
  again,
}: ValidationContext): Promise<readonly Finding[]> {
  const [found, ranges] = await Promise.all([
    live.list(kinds.resourceQuotas),
    live.list(kinds.limitRanges),
  ]);
  return [
    ...declaredOf(declared, kinds.resourceQuotas).map((quota) =>
      quotaFinding(quota, counterpart(found, quota), again),
    ),
    ...declaredOf(declared, kinds.limitRanges).map((range) =>
      counterpart(ranges, range) === undefined
        ? failed(nameOf(range), "not on the cluster", again)
        : passed(nameOf(range), "in force"),
    ),
  ];
}

/** What is left in one quota. */
export function quotaFinding(
  declared: ResourceQuota,
  live: ResourceQuota | undefined,
  again: string,
): Finding {
  const subject = nameOf(declared);
  if (live === undefined) return failed(subject, "not on the cluster", again);
  const { hard = {}, used = {} } = live.status ?? {};
  // What a quota forbids altogether is not used up.
  const shares = Object.entries(hard)
    .filter(([, most]) => amount(most) > 0)
    .map(([name, most]) => {
      const now = used[name] ?? "0";
      return { text: `${name} ${now} of ${most}`, share: amount(now) / amount(most) };
    })
    .sort((a, b) => b.share - a.share);
  const look = `kubectl ${inNamespace(live)} describe resourcequota ${live.metadata.name}; raise it in the settings, or end what should not run`;
  const full = shares.filter(({ share }) => share >= 1);
  if (full.length > 0) {
    return failed(subject, `used up: ${full.map(({ text }) => text).join(", ")}`, look);
  }
  const [most] = shares;
  if (most === undefined) return failed(subject, "it counts nothing yet", look);
  const evidence = `the most used is ${most.text}`;
  return most.share >= narrow
    ? warning(subject, `nearly used up: ${evidence}`, look)
    : passed(subject, `room is left; ${evidence}`);
}
