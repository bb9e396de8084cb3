import { parseBytes, parseCpu } from "../../../config/quantity";
import type { Container } from "../manifests";
import { controllers } from "../pods";
import type { Synthesis } from "../synth";
import type { Violations } from "./pods";

type Sum = Record<string, number>;

/** The quota holds all pods that can be there at once, and all volumes. */
export function tightQuota(synthesis: Synthesis<unknown>): Violations {
  const pods = controllers(synthesis).map(({ template, most }): Sum => {
    const { containers = [], initContainers = [] } = template.spec ?? {};
    const sum = (bound: "requests" | "limits", amount: string, parse: Parse): number => {
      const amountIn = ({ resources }: Container): number =>
        parse(resources?.[bound]?.[amount] ?? "") ?? 0;
      const together = containers.map(amountIn).reduce((a, b) => a + b, 0);
      // Those that run before the others run one by one, and what they had is free again.
      return most * Math.max(together, ...initContainers.map(amountIn));
    };
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
