import { parseBytes, parseCpu } from "../../../config/quantity";
import { controllers } from "../pods";
import type { Synthesis } from "../synth";
import type { Violations } from "./pods";

type Sum = Record<string, number>;

/** The quota holds all pods that can be there at once, and all volumes. */
export function tightQuota(synthesis: Synthesis<unknown>): Violations {
  const pods = controllers(synthesis).map(({ containers, most }): Sum => {
    const sum = (bound: "requests" | "limits", amount: string, parse: Parse): number =>
      most *
      containers
        .map(({ resources }) => parse(resources?.[bound]?.[amount] ?? "") ?? 0)
        .reduce((a, b) => a + b, 0);
    return {
      "limits.cpu": sum("limits", "cpu", parseCpu),
      "limits.memory": sum("limits", "memory", parseBytes),
      pods: most,
      "requests.cpu": sum("requests", "cpu", parseCpu),
      "requests.memory": sum("requests", "memory", parseBytes),
    };
  });
  const volumes = synthesis.objects("PersistentVolumeClaim").map(({ spec }): Sum => {
    const { storage = "" } = spec.resources.requests as { storage?: string };
    return { "requests.storage": parseBytes(storage) ?? 0 };
  });
  const total = [...pods, ...volumes].reduce<Sum>((all, one) => {
    for (const [name, amount] of Object.entries(one)) all[name] = (all[name] ?? 0) + amount;
    return all;
  }, {});
  return synthesis.objects("ResourceQuota").flatMap(({ spec }) =>
    Object.entries(total)
      .filter(([name, needed]) => amountOf(name, spec.hard[name]) < needed)
      .map(
        ([name, needed]) => `${name} is ${String(spec.hard[name])}, needed are ${String(needed)}`,
      ),
  );
}

type Parse = (text: string) => number | undefined;

function amountOf(name: string, text = "0"): number {
  if (name === "pods") return Number(text);
  return (name.endsWith(".cpu") ? parseCpu(text) : parseBytes(text)) ?? 0;
}
