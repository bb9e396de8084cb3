import { applications, forWorkloads } from "../inventory";
import { andThen, kubectl, mend, type Mend, npmRun, type Rule } from "../model";
import { addressOf, isLasting, titleOf, type Workload } from "../workload";
import { change } from "./mending";
import { deletesClaims } from "./retention";

/** Workloads that nobody has started again. What an autoscaler has put to zero is at work. */
export const zero: Rule = {
  name: "at-zero",
  about: "workloads left at zero",
  needs: [...forWorkloads, "autoscalers"],
  find: (inventory) =>
    applications(inventory)
      .filter((it) => isLasting(it) && it.kind !== "DaemonSet" && it.desired === 0)
      .filter(
        ({ kind, namespace, name }) =>
          !inventory.autoscalers.some(
            ({ metadata, spec }) =>
              metadata.namespace === namespace &&
              spec?.scaleTargetRef.kind === kind &&
              spec.scaleTargetRef.name === name,
          ),
      )
      .map((workload) => {
        const { namespace, owner, release, podSpec } = workload;
        const images = podSpec.containers.map(({ image = "" }) => image);
        return {
          level: "notice" as const,
          subject: titleOf(workload),
          namespace,
          what: "is scaled to 0, and still configured",
          evidence: [
            `replicas: 0; image ${images.join(", ")}`,
            ...(release === undefined ? [] : [`made by release ${release}`]),
          ],
          mend:
            owner === "program"
              ? mend("Switch it off in the settings of its stack where nobody needs it any more.")
              : removal(workload),
        };
      }),
};

function removal(workload: Workload): Mend {
  const { namespace, object } = workload;
  const remove = kubectl("delete", addressOf(workload), "-n", namespace);
  if (deletesClaims(object, "whenDeleted")) {
    return change(
      workload,
      "Remove it where nobody will start it again; its claims go with it (whenDeleted: Delete), so save them first.",
      andThen(npmRun("backup", "--namespace", namespace, "--apply"), remove),
    );
  }
  return change(
    workload,
    "Remove it where nobody will start it again; its claims stay. If it is to come back, give it limits first.",
    remove,
  );
}
