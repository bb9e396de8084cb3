import { amount, type Amounts, amountText } from "./amounts";
import type { LiveObject } from "./cluster";
import { podKinds } from "./demand";
import { failed, type Finding, passed, unchecked } from "./model";
import {
  type Container,
  containersOf,
  nameOf,
  ofKind,
  podAmounts,
  type PodSpec,
  type StackObject,
} from "./objects";

type Quantities = Readonly<Record<string, string>>;

interface LimitItem {
  readonly type: string;
  readonly max?: Quantities;
  readonly min?: Quantities;
  /** How many times its request a limit may be. */
  readonly maxLimitRequestRatio?: Quantities;
  /** The limits of a container that says none. The API server fills them in from `max`. */
  readonly default?: Quantities;
  /** The requests of a container that says none. */
  readonly defaultRequest?: Quantities;
}

/** What a namespace lets one pod, container or claim have. */
export interface LimitRange extends LiveObject {
  readonly spec?: { readonly limits?: readonly LimitItem[] };
}

interface Asked {
  readonly by: string;
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** The limit ranges that others have set in a namespace against each pod, container and claim. */
export function limitFindings(
  ranges: readonly LimitRange[],
  namespace: string,
  objects: readonly StackObject[],
): readonly Finding[] {
  // Before anything is held to a range, all of them fill in what is not said; ours does too.
  const items = [...ranges, ...(ofKind(objects, "LimitRange") as readonly LimitRange[])].flatMap(
    ({ spec }) => spec?.limits ?? [],
  );
  const asked = askedBy(objects, items);
  return ranges.flatMap((range) => {
    const subject = `LimitRange ${namespace}/${range.metadata.name}`;
    const faults = (range.spec?.limits ?? []).flatMap((item) => {
      const those = asked[item.type];
      if (those !== undefined) return those.flatMap((one) => itemFaults(subject, item, one));
      return [unchecked(subject, `what it bounds of each ${item.type} is not worked out`)];
    });
    const fine = passed(subject, "each pod, container and claim is within it");
    return faults.length > 0 ? faults : [fine];
  });
}

function askedBy(
  objects: readonly StackObject[],
  items: readonly LimitItem[],
): Readonly<Record<string, readonly Asked[]>> {
  const filled = (container: Container): Container => withDefaults(container, items);
  return {
    Container: objects.flatMap((object) =>
      containersOf(object).map((container) =>
        askedOf(`container ${container.name} of ${nameOf(object)}`, {
          containers: [filled(container)],
        }),
      ),
    ),
    Pod: podKinds(objects).map(({ name, pod: { containers, initContainers = [] } }) =>
      askedOf(`a pod of ${name}`, {
        containers: containers.map(filled),
        initContainers: initContainers.map(filled),
      }),
    ),
    PersistentVolumeClaim: ofKind(objects, "PersistentVolumeClaim").map((claim) => {
      const { requests = {} } = (claim.spec?.resources ?? {}) as { requests?: Quantities };
      const amounts = Object.entries(requests).map(([name, value]) => [name, amount(value)]);
      return { by: nameOf(claim), requests: Object.fromEntries(amounts) as Amounts, limits: {} };
    }),
  };
}

/** As admission fills it in: the first range that gives a default counts, and a limit is a request too. */
function withDefaults(container: Container, items: readonly LimitItem[]): Container {
  const given = items.filter(({ type }) => type === "Container").reverse();
  const { requests, limits } = container.resources ?? {};
  const defaults = (of: "default" | "defaultRequest"): Quantities =>
    Object.assign({}, ...given.map((item) => item[of] ?? {})) as Quantities;
  return {
    ...container,
    resources: {
      requests: { ...defaults("defaultRequest"), ...limits, ...requests },
      limits: { ...defaults("default"), ...limits },
    },
  };
}

function askedOf(by: string, pod: PodSpec): Asked {
  const amounts = Object.entries(podAmounts(pod));
  const under = (prefix: string): Amounts =>
    Object.fromEntries(
      amounts.flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
      ),
    );
  return { by, requests: under("requests."), limits: under("limits.") };
}

/** As the API server holds one of them to one item: what is bounded also has to be said. */
function itemFaults(subject: string, item: LimitItem, asked: Asked): readonly Finding[] {
  const { by, requests } = asked;
  // A claim has no limits of its own: what it asks for is what it gets.
  const most =
    item.type === "PersistentVolumeClaim"
      ? { word: "request", amounts: requests }
      : { word: "limit", amounts: asked.limits };
  const fault = (evidence: string): Finding =>
    failed(subject, `${by} ${evidence}`, `Change ${subject}, or the resources in the settings.`);
  const bounded = (
    bounds: Quantities,
    { word, amounts }: typeof most,
    which: "most" | "least",
  ): readonly Finding[] =>
    held(subject, bounds, (name, bound) => {
      const value = amounts[name];
      const letIn = `and at ${which} ${amountText(name, bound)} is let in`;
      if (value === undefined) return fault(`has no ${word} of ${name}, ${letIn}`);
      if (which === "most" ? value <= bound : value >= bound) return undefined;
      return fault(`has a ${word} of ${amountText(name, value)} of ${name}, ${letIn}`);
    });
  return [
    ...bounded(item.max ?? {}, most, "most"),
    ...bounded(item.min ?? {}, { word: "request", amounts: requests }, "least"),
    ...held(subject, item.maxLimitRequestRatio ?? {}, (name, bound) => {
      const [limit = 0, request = 0] = [asked.limits[name], requests[name]];
      const letIn = `and at most ${bound} times is let in`;
      if (limit === 0 || request === 0) {
        return fault(`has no limit of ${name} beside a request, ${letIn}`);
      }
      const ratio = limit / request;
      // A thousandth is lost where amounts are no whole numbers.
      if (ratio <= bound * 1.001) return undefined;
      const times = Math.round(ratio * 100) / 100;
      return fault(`has a limit of ${name} ${times} times its request, ${letIn}`);
    }),
  ];
}

/** One finding at most for each bound. */
function held(
  subject: string,
  bounds: Quantities,
  judge: (name: string, bound: number) => Finding | undefined,
): readonly Finding[] {
  return Object.entries(bounds).flatMap(([name, text]) => {
    const bound = amount(text);
    if (Number.isNaN(bound)) return [unchecked(subject, `its amount of ${name} is not understood`)];
    return judge(name, bound) ?? [];
  });
}
