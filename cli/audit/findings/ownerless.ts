import { releaseKey } from "../../helm";
import { applications, forWorkloads } from "../inventory";
import { kubectl, mend, type Rule } from "../model";
import { addressOf, titleOf } from "../workload";

/** Workloads of a release of which Helm has no record any more, or keeps it elsewhere. */
export const lostRelease: Rule = {
  name: "lost-release",
  about: "workloads of releases without a record",
  needs: ["releases", ...forWorkloads],
  find: (inventory) => {
    const known = new Set(inventory.releases.map(releaseKey));
    return applications(inventory).flatMap((workload) => {
      const { namespace, release, owner } = workload;
      if (release === undefined || known.has(release) || owner === "program") return [];
      return [
        {
          level: "notice" as const,
          subject: titleOf(workload),
          namespace,
          what: `is marked as a part of release ${release}, of which there is no record`,
          evidence: [
            "no Secret of Helm's is about it: the record was deleted, or Helm keeps it elsewhere (HELM_DRIVER)",
          ],
          mend: mend(
            "If the release is gone, this was forgotten: remove it, or let somebody have it.",
            kubectl("get", addressOf(workload), "-n", namespace, "-o", "yaml"),
          ),
        },
      ];
    });
  },
};

/** Workloads that neither this program, nor the cluster, nor a release has made. */
export const ownerless: Rule = {
  name: "ownerless",
  about: "workloads that belong to nobody known",
  needs: forWorkloads,
  find: (inventory) =>
    applications(inventory)
      .filter(({ owner, release, state }) => owner === "neither" && !release && state !== "done")
      .map((workload) => {
        const { namespace, labels, families } = workload;
        const manager = labels["app.kubernetes.io/managed-by"];
        return {
          level: "notice" as const,
          subject: titleOf(workload),
          namespace,
          what: "belongs to no stack of this program, to no Helm release, and not to the cluster",
          evidence: [
            `runs ${families.join(", ")}`,
            manager === undefined ? "no label says who manages it" : `managed by ${manager}`,
          ],
          mend: mend(
            "Find who has made it, and let one of them have it.",
            kubectl(
              "get",
              addressOf(workload),
              "-n",
              namespace,
              "-o",
              "yaml",
              "--show-managed-fields",
            ),
          ),
        };
      }),
};
