import { amount, type Amounts, amountText, sum } from "./amounts";
import type { LiveObject } from "./cluster";
import { holdsRoom, type LivePod, othersUse, podKinds, steadyDemand } from "./demand";
import {
  attempt,
  failed,
  type Finding,
  passed,
  type PreflightContext,
  unchecked,
  warning,
} from "./model";
import { namespacesOf, podAmounts } from "./objects";

/** A node, as far as its room and its processor go. */
export interface LiveNode extends LiveObject {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly effect: string }[];
  };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly nodeInfo?: { readonly architecture?: string };
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const counted = ["cpu", "memory", "pods"] as const;

/** Whether the nodes have room: a warning at most, since nodes may be added when pods wait for them. */
export async function nodes(context: PreflightContext): Promise<readonly Finding[]> {
  const all = await context.cluster().list<LiveNode>("/api/v1/nodes");
  const usable = all.filter(isUsable);
  const subject = `${usable.length} of ${all.length} nodes`;
  if (usable.length === 0) {
    return [failed("Nodes", `none of ${all.length} takes pods`, "Add or uncordon a node.")];
  }
  return [
    ...largestPods(usable, context),
    ...(await attempt(subject, () => together(usable, subject, context))),
  ];
}

/** Ready, and open to pods that tolerate nothing. */
function isUsable({ spec, status }: LiveNode): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready")?.status;
  const closed = spec?.taints?.some(({ effect }) => effect !== "PreferNoSchedule") ?? false;
  return ready === "True" && spec?.unschedulable !== true && !closed;
}

function largestPods(
  usable: readonly LiveNode[],
  { objects }: PreflightContext,
): readonly Finding[] {
  const rooms = usable.map(roomOf);
  const misfits = podKinds(objects).filter(
    ({ pod }) =>
      !rooms.some((room) =>
        counted.every((part) => requested(podAmounts(pod), part) <= room[part]),
      ),
  );
  return misfits.map(({ name, pod }) => {
    const needs = podAmounts(pod);
    const text = (["cpu", "memory"] as const).map((part) =>
      amountText(part, requested(needs, part)),
    );
    return warning(
      name,
      `one pod asks for ${text.join(" and ")}, and no node has that`,
      "Add larger nodes, or ask for less in the settings.",
    );
  });
}

async function together(
  usable: readonly LiveNode[],
  subject: string,
  { cluster, objects }: PreflightContext,
): Promise<readonly Finding[]> {
  const pods = await cluster().list<LivePod>("/api/v1/pods");
  const names = new Set(usable.map(({ metadata }) => metadata.name));
  const placed = pods.filter((pod) => holdsRoom(pod) && names.has(pod.spec.nodeName ?? ""));
  const spaces = new Set(namespacesOf(objects));
  const inSpaces = placed.filter(({ metadata }) => spaces.has(metadata.namespace ?? ""));
  const elsewhere = placed.filter(({ metadata }) => !spaces.has(metadata.namespace ?? ""));
  const others = sum([
    othersUse(inSpaces, [], objects),
    ...elsewhere.map(({ spec }) => podAmounts(spec)),
  ]);
  const steady = sum(
    [...spaces].map((space) =>
      steadyDemand(objects.filter(({ metadata }) => metadata.namespace === space)),
    ),
  );
  const room = sum(usable.map((node) => ({ ...roomOf(node) })));
  const lines = counted.map((part) => {
    const left = (room[part] ?? 0) - requested(others, part);
    return { part, left, needs: requested(steady, part) };
  });
  if (lines.some(({ left, needs }) => Number.isNaN(left) || Number.isNaN(needs))) {
    return [unchecked(subject, "a node or a pod has an amount that is not understood")];
  }
  const short = lines.filter(({ left, needs }) => needs > left);
  const says = (some: typeof lines): string =>
    some
      .map(({ part, left, needs }) => {
        const unit = part === "pods" ? " pods" : "";
        return `${amountText(part, needs)} of ${amountText(part, left)}${unit}`;
      })
      .join(", ");
  return short.length === 0
    ? [passed(subject, `room for all requests: ${says(lines)}`)]
    : [
        warning(
          subject,
          `the stack asks for more than others leave: ${says(short)}`,
          "Add nodes, or see that an autoscaler does.",
        ),
      ];
}

function requested(amounts: Amounts, part: (typeof counted)[number]): number {
  return amounts[part === "pods" ? part : `requests.${part}`] ?? 0;
}

function roomOf({ status }: LiveNode): Readonly<Record<(typeof counted)[number], number>> {
  const { cpu = "0", memory = "0", pods = "0" } = status?.allocatable ?? {};
  return { cpu: amount(cpu), memory: amount(memory), pods: amount(pods) };
}

/** The processors that images have to be made for, `amd64`: those of nodes that take the stack's pods. */
export function architecturesOf(nodes: readonly LiveNode[]): readonly string[] {
  const found = nodes
    .filter(isUsable)
    .flatMap(
      ({ metadata, status }) =>
        metadata.labels?.["kubernetes.io/arch"] ?? status?.nodeInfo?.architecture ?? [],
    );
  return [...new Set(found)].sort();
}
