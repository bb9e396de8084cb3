import { amount, amountText } from "../../preflight/amounts";
import { forPods, type Inventory } from "../inventory";
import { kubectl, type Rule } from "../model";
import { addressOf, titleOf, type Workload } from "../workload";
import { change } from "./mending";

/** Above so many times its request a container lives on what others have reserved. */
const far = 2;

/** Less is within what every program does now and then. */
const worthTelling = { cpu: 0.1, memory: 64 * 2 ** 20 } as const;

/** Without a request, so much is told; four times as much is a runaway. */
const unasked = { cpu: 1, memory: 2 ** 30 } as const;

type Resource = keyof typeof unasked;

interface Excess {
  readonly level: "critical" | "warning";
  readonly text: string;
  readonly container: string;
  readonly request: string;
}

/** What uses far more than it has asked for. */
export const usage: Rule = {
  name: "usage",
  about: "CPU and memory far over request",
  needs: [...forPods, "usage"],
  find: (inventory) =>
    inventory.workloads.flatMap((workload) => {
      const found = excessOf(inventory, workload);
      if (found.length === 0) return [];
      const { kind, namespace } = workload;
      const runaway = found.some(({ level }) => level === "critical");
      const requests = new Map<string, string[]>();
      for (const { container, request } of found) {
        requests.set(container, [...new Set([...(requests.get(container) ?? []), request])].sort());
      }
      return [
        {
          level: runaway ? ("critical" as const) : ("warning" as const),
          subject: titleOf(workload),
          namespace,
          what: runaway
            ? "uses several cores or gigabytes that it has not asked for"
            : "uses far more than it has asked for",
          evidence: found.map(({ text }) => text),
          mend: change(
            workload,
            "If its work is worth that, ask for it; if not, stop it and read its log.",
            ...(["Job", "Pod"].includes(kind)
              ? []
              : [...requests].map(([container, amounts]) =>
                  kubectl(
                    ...["set", "resources", addressOf(workload), "-n", namespace],
                    ...["-c", container, `--requests=${amounts.join(",")}`],
                  ),
                )),
          ),
        },
      ];
    }),
};

function excessOf(inventory: Inventory, { namespace, pods }: Workload): readonly Excess[] {
  return pods.flatMap((pod) => {
    const measured = inventory.usage.find(
      ({ metadata }) => metadata.namespace === namespace && metadata.name === pod.metadata.name,
    );
    return (measured?.containers ?? []).flatMap(({ name, usage: used }) => {
      const asked = pod.spec?.containers.find((it) => it.name === name)?.resources?.requests ?? {};
      return (["cpu", "memory"] as const).flatMap((resource) => {
        const level = levelOf(resource, amount(used[resource] ?? "0"), asked[resource]);
        if (level === undefined) return [];
        const now = amount(used[resource] ?? "0");
        const told =
          asked[resource] === undefined
            ? "and asks for none"
            : `and asks for ${amountText(resource, amount(asked[resource]))}`;
        return [
          {
            level,
            container: name,
            request: `${resource}=${roundedUp(resource, now)}`,
            text: `pod ${pod.metadata.name}, container ${name}: uses ${amountText(resource, now)} ${resource === "memory" ? "of memory " : ""}${told}`,
          },
        ];
      });
    });
  });
}

function levelOf(
  resource: Resource,
  used: number,
  asked: string | undefined,
): Excess["level"] | undefined {
  if (asked === undefined) {
    if (used <= unasked[resource]) return undefined;
    return used >= 4 * unasked[resource] ? "critical" : "warning";
  }
  const request = amount(asked);
  const isFar = used > far * request && used - request > worthTelling[resource];
  return isFar ? "warning" : undefined;
}

/** The next tenth of a core, the next 64 MiB. */
function roundedUp(resource: Resource, value: number): string {
  return resource === "cpu"
    ? `${String(Math.ceil(Math.round(value * 1000) / 100) * 100)}m`
    : `${String(Math.ceil(value / 2 ** 26) * 64)}Mi`;
}
