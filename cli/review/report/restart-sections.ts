import type { Cause } from "../causes";
import type { Change, PropertyChange } from "../model";
import type { Restart, RestartKind } from "../restarts";
import type { Bounds } from "../scale";
import { causeWords } from "./cause-words";
import { changeSections, headingOf } from "./change-sections";
import { item, type Item, limited, type Section } from "./report";
import type { Review } from "./review";
import { safeProperties } from "./secrecy";
import { code, counted, joined, type Line, shortened, type Span, some, visible } from "./spans";
import { propertyLine } from "./values";

/** What happens to workloads, as a sentence has it of one and of many. */
const verbs: Readonly<Record<RestartKind, readonly [string, string]>> = {
  again: ["is deleted and made anew", "are deleted and made anew"],
  rolls: ["rolls", "roll"],
  runs: ["runs", "run"],
  scales: ["scales", "scale"],
  stops: [
    "is set to 0 replicas, so that its pods stop",
    "are set to 0 replicas, so that their pods stop",
  ],
  starts: ["starts", "start"],
  ends: ["ends", "end"],
};

/** Which workloads restart and why, then how each of them does, and what else is of that risk. */
export function restartSections(review: Pick<Review, "changes" | "restarts">): Section[] {
  const { changes, restarts } = review;
  const told = new Set(restarts.map(({ urn }) => urn));
  const rest = changes.filter(({ resource }) => !told.has(resource.urn));
  const [others] = changeSections({ changes: rest }, "restart");
  if (others === undefined) return [];
  if (restarts.length === 0) return [others];
  const { importance } = others;
  return [
    {
      heading: headingOf("restart"),
      ...orderOf(restarts),
      items: byCause(restarts).map(causeItem),
      importance: importance + 1,
      noun: "causes of restarts",
    },
    {
      fold: `How ${counted(restarts.length, "workload")} change${restarts.length === 1 ? "s" : ""}`,
      items: workloadItems(restarts, changes),
      importance,
      noun: "restarts",
    },
    {
      ...(others.items.length === 0 ? {} : { fold: "Other changes of that kind" }),
      items: others.items,
      importance,
      noun: others.noun,
    },
  ];
}

/** The order in which the engine comes to them, which keeps to what depends on what. */
function orderOf(restarts: readonly Restart[]): { intro?: Line } {
  const ordered = restarts.filter(({ what }) => what !== "ends" && what !== "scales");
  if (ordered.length < 2) return {};
  const names = ordered.map(({ name }) => shortened(visible(name), 90));
  return {
    intro: ["In the engine's order, each after what it depends on: ", ...some(names, 30), "."],
  };
}

interface CauseGroup {
  /** Undefined for what has none but itself: a workload that is new, say. */
  readonly cause: Cause | undefined;
  readonly namespace: string;
  readonly restarts: Restart[];
}

/** A workload that restarts for two causes is told of with both. */
function byCause(restarts: readonly Restart[]): CauseGroup[] {
  const groups = new Map<string, CauseGroup>();
  for (const restart of restarts) {
    const namespace = restart.name.slice(0, restart.name.indexOf("/"));
    const causes = restart.causes.length === 0 ? [undefined] : restart.causes;
    for (const cause of causes) {
      // A container has the name of its workload, which tells nothing of the cause.
      const key = JSON.stringify([namespace, cause ?? restart.what], (field, value: unknown) =>
        field === "container" ? "" : value,
      );
      const group = groups.get(key) ?? { cause, namespace, restarts: [] };
      group.restarts.push(restart);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

function causeItem({ cause, namespace, restarts }: CauseGroup): Item {
  const names = restarts.map(({ name }) => shortened(visible(name), 90));
  const why = cause === undefined ? [] : [" because ", ...causeWords(cause, namespace)];
  return item([...subject(restarts), ...why, ": ", ...some(names, 12)], restarts.length);
}

/** `2 Deployments roll and 1 Job runs` */
function subject(restarts: readonly Restart[]): Span[] {
  const parts = new Map<string, Restart[]>();
  for (const restart of restarts) {
    const key = `${restart.kind} ${restart.what}`;
    parts.set(key, [...(parts.get(key) ?? []), restart]);
  }
  const words = [...parts.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const count = more.length + 1;
    return [`${counted(count, first.kind)} ${verbs[first.what][count === 1 ? 0 : 1]}`];
  });
  return joined(words, " and ");
}

/** Each workload with its properties; those in which the same changes in the same way together. */
function workloadItems(restarts: readonly Restart[], changes: readonly Change[]): Item[] {
  const byUrn = new Map(changes.map((change) => [change.resource.urn, change]));
  const groups = new Map<string, { own: Restart[]; properties: PropertyChange[] }>();
  for (const restart of restarts) {
    const properties = propertiesOf(restart, byUrn.get(restart.urn));
    const key = JSON.stringify([properties.length === 0 ? restart.urn : "", properties]);
    const group = groups.get(key) ?? { own: [], properties };
    group.own.push(restart);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ own, properties }) => {
    const most = 12;
    const shown = own
      .slice(0, most)
      .flatMap((it, i) => (i === 0 ? detail(it) : ["; ", ...detail(it)]));
    const rest = own.length > most ? [` and ${counted(own.length - most, "more workload")}`] : [];
    return item([...shown, ...rest], own.length, limited(properties.map(propertyLine)));
  });
}

/** A container that is named after its workload is `*`, so that workloads can be told of together. */
function propertiesOf({ kind, name }: Restart, change: Change | undefined): PropertyChange[] {
  // A worse risk than a restart has shown them already.
  if (change?.risk !== "restart") return [];
  const own = `ontainers[${name.slice(name.indexOf("/") + 1)}]`;
  return (
    safeProperties(change)
      // A Job's name is a hash of the rest.
      .filter(({ path }) => kind !== "Job" || path !== "metadata.name")
      .map(({ path, ...sides }) => ({ path: path.replace(own, "ontainers[*]"), ...sides }))
  );
}

function detail({ kind, name, what, replicas, replicasBefore, strategy }: Restart): Span[] {
  const start = code(shortened(visible(`${kind} ${name}`), 160));
  if (kind === "Job") return [start, " runs once"];
  const verb = ` ${verbs[what][0]}`;
  if (replicas === undefined || what === "stops") return [start, verb];
  const [was, is] = [range(replicasBefore ?? replicas), range(replicas)];
  const pods = (number: string): string => `${number} ${number === "1" ? "pod" : "pods"}`;
  const count =
    what === "ends"
      ? pods(was)
      : was === is || what === "starts"
        ? pods(is)
        : `${was} → ${is} pods`;
  const how = strategy === "" ? "" : `, ${shortened(visible(strategy), 120)}`;
  return [start, `${verb} (${count}${how})`];
}

function range({ least, most }: Bounds): string {
  return least === most ? String(least) : `${String(least)} to ${String(most)}`;
}
