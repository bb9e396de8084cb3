import { amount, amountText } from "./amounts";
import type { LiveObject } from "./cluster";
import { failed, type Finding, passed } from "./model";
import { containersOf, nameOf, ofKind, type StackObject } from "./objects";

type Quantities = Readonly<Record<string, string>>;

/** What a namespace lets one container or claim have. */
export interface LimitRange extends LiveObject {
  readonly spec?: {
    readonly limits?: readonly {
      readonly type: string;
      readonly max?: Quantities;
      readonly min?: Quantities;
    }[];
  };
}

interface Asked {
  readonly by: string;
  readonly requests: Quantities;
  readonly limits: Quantities;
}

/** The limit ranges that others have set in a namespace against each container and claim. */
export function limitFindings(
  ranges: readonly LimitRange[],
  namespace: string,
  objects: readonly StackObject[],
): readonly Finding[] {
  const asked: Readonly<Record<string, readonly Asked[]>> = {
    Container: objects.flatMap((object) =>
      containersOf(object).map(({ name, resources }) => ({
        by: `container ${name} of ${nameOf(object)}`,
        requests: resources?.requests ?? {},
        limits: resources?.limits ?? {},
      })),
    ),
    PersistentVolumeClaim: ofKind(objects, "PersistentVolumeClaim").map((claim) => {
      const { requests = {} } = (claim.spec?.resources ?? {}) as { requests?: Quantities };
      return { by: nameOf(claim), requests, limits: requests };
    }),
  };
  return ranges.flatMap((range) => {
    const subject = `LimitRange ${namespace}/${range.metadata.name}`;
    const faults = (range.spec?.limits ?? []).flatMap(({ type, max = {}, min = {} }) =>
      (asked[type] ?? []).flatMap((one) => [
        ...outside(subject, one.by, one.limits, max, "most"),
        ...outside(subject, one.by, one.requests, min, "least"),
      ]),
    );
    return faults.length > 0 ? faults : [passed(subject, "each container and claim is within it")];
  });
}

function outside(
  subject: string,
  by: string,
  asked: Quantities,
  bounds: Quantities,
  which: "most" | "least",
): readonly Finding[] {
  return Object.entries(bounds).flatMap(([name, bound]) => {
    const value = asked[name];
    if (value === undefined) return [];
    const over = amount(value) - amount(bound);
    if (which === "most" ? over <= 0 : over >= 0) return [];
    const text = (quantity: string): string => amountText(name, amount(quantity));
    const evidence = `${by} has ${text(value)} of ${name}, and at ${which} ${text(bound)} is let in`;
    return [failed(subject, evidence, `Change ${subject}, or the resources in the settings.`)];
  });
}
