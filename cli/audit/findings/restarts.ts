import { forPods } from "../inventory";
import { kubectl, mend, type Rule } from "../model";
import { statusesOf, stuckOn, titleOf } from "../workload";
import { some } from "./mending";

/** Fewer are what an update or a lost node leaves behind. */
const worthTelling = 5;

/** Containers that were started again and run now. Those that do not run, `crash-loop` tells of. */
export const restarts: Rule = {
  name: "restarts",
  about: "restarts and their reasons",
  needs: forPods,
  find: ({ workloads }) =>
    workloads.flatMap((workload) => {
      const found = workload.pods.flatMap((pod) =>
        statusesOf(pod).flatMap((status) => {
          const { reason, exitCode, finishedAt } = status.lastState?.terminated ?? {};
          const often = status.restartCount >= worthTelling || reason === "OOMKilled";
          if (!often || stuckOn(status) !== undefined) return [];
          return [
            {
              pod: pod.metadata.name,
              container: status.name,
              count: status.restartCount,
              reason,
              text: [
                `pod ${pod.metadata.name}, container ${status.name}: ${String(status.restartCount)} restarts`,
                ...(exitCode === undefined
                  ? ["nobody says why the last one was"]
                  : [`last ended as ${reason ?? "ended"}, exit code ${String(exitCode)}`]),
                ...(finishedAt === undefined ? [] : [`at ${finishedAt}`]),
              ].join("; "),
            },
          ];
        }),
      );
      const [first] = found;
      if (first === undefined) return [];
      const { namespace } = workload;
      const outOfMemory = found.some(({ reason }) => reason === "OOMKilled");
      return [
        {
          level: "warning" as const,
          subject: titleOf(workload),
          namespace,
          what: outOfMemory
            ? "runs out of memory and is started again"
            : `was started again ${String(Math.max(...found.map(({ count }) => count)))} times`,
          evidence: some(found.map(({ text }) => text)),
          mend: mend(
            outOfMemory
              ? "Raise its memory limit, or find what it keeps in memory."
              : "The log of the run before says why it ended.",
            kubectl(
              ...["logs", `pod/${first.pod}`, "-c", first.container, "-n", namespace],
              "--previous",
            ),
          ),
        },
      ];
    }),
};
