import { applications, forWorkloads } from "../inventory";
import { kubectl, type Rule } from "../model";
import { addressOf, type Container, isLasting, titleOf } from "../workload";
import { change } from "./mending";

const sides = ["startupProbe", "readinessProbe", "livenessProbe"] as const;

/** Probes that say yes whatever happens: worse than none, because they look like one. */
export const blindProbes: Rule = {
  name: "probe-cannot-fail",
  about: "probes that cannot fail",
  needs: forWorkloads,
  find: (inventory) =>
    applications(inventory).flatMap((workload) => {
      const blind = workload.podSpec.containers.flatMap((container) =>
        sides.flatMap((side) => {
          const command = container[side]?.exec?.command;
          const blind = command && blindPart(command);
          return blind === undefined ? [] : [`container ${container.name}, ${side}: ${blind}`];
        }),
      );
      if (blind.length === 0) return [];
      const { namespace } = workload;
      return [
        {
          level: "warning" as const,
          subject: titleOf(workload),
          namespace,
          what: "has a probe that cannot fail",
          evidence: blind,
          mend: change(
            workload,
            "Ask the program itself: its port, its path for health, or a command of its own that fails when it does not work.",
            kubectl("edit", addressOf(workload), "-n", namespace),
          ),
        },
      ];
    }),
};

/** Containers that are to run for ever, and that nobody asks whether they do. */
export const noProbes: Rule = {
  name: "no-probe",
  about: "containers without any probe",
  needs: forWorkloads,
  find: (inventory) =>
    applications(inventory)
      .filter(isLasting)
      .flatMap((workload) => {
        const silent = workload.podSpec.containers.filter((it) => !hasProbe(it));
        if (silent.length === 0) return [];
        const { namespace } = workload;
        return [
          {
            level: "notice" as const,
            subject: titleOf(workload),
            namespace,
            what: "has no probe: it counts as ready as soon as it has started",
            evidence: silent.map(({ name, ports = [] }) => {
              const open = ports.map(({ containerPort }) => String(containerPort));
              const told = open.length === 0 ? "" : `, which listens on ${open.join(", ")}`;
              return `container ${name}${told}`;
            }),
            mend: change(
              workload,
              "Add a readiness probe of its port or its path for health.",
              kubectl("edit", addressOf(workload), "-n", namespace),
            ),
          },
        ];
      }),
};

function hasProbe(container: Container): boolean {
  return sides.some((side) => container[side] !== undefined);
}

/** Whether a command ends well whatever the program does: it only speaks, or hides its own failure. */
export function cannotFail(command: readonly string[]): boolean {
  return blindPart(command) !== undefined;
}

/** The part of a command that cannot fail, and no more of it: the rest may hold a password. */
function blindPart(command: readonly string[]): string | undefined {
  const [program = "", ...args] = command;
  const name = program.split("/").at(-1) ?? "";
  if (["echo", "true", ":", "printf", "sleep", "date", "hostname"].includes(name)) return name;
  if (!/^(ba|da|a|z|k)?sh$/.test(name)) return undefined;
  const script = args.find((_, at) => at > 0 && /^-\w*c$/.test(args[at - 1] ?? ""));
  const part = script === undefined ? undefined : blindEnd(script);
  return part === undefined ? undefined : `${name}: ${part}`;
}

/** The last command of a script decides, unless one before it ends the script. */
function blindEnd(script: string): string | undefined {
  const parts = script
    .trim()
    .replace(/;$/, "")
    .split(/\s*(?:;|\n)\s*/);
  const last = parts.at(-1) ?? "";
  const endsEarly = /\bset\s+-\w*e|\bexit\s+[1-9]|&&/.test(script);
  const [hidden] = /\|\|\s*(true|:|exit\s+0)\s*$/.exec(last) ?? [];
  if (hidden !== undefined) return /\bexit\s+[1-9]/.test(script) ? undefined : hidden.trim();
  if (endsEarly) return undefined;
  if (/^exit(\s+0)?$/.test(last)) return last;
  return /^(echo|true|:|printf|sleep|date|hostname)\b[^|&]*$/.exec(last)?.[1];
}
