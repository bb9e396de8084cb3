import { releaseKey } from "../../helm";
import { type Found, helm, mend, type Rule } from "../model";
import { lineOf } from "./release-order";

/** Releases that Helm has not brought to their end. */
export const unfinished: Rule = {
  name: "release-status",
  about: "Helm releases that failed, or hang in the middle",
  needs: ["releases"],
  find: ({ releases }) =>
    releases
      .filter(({ status }) => !["deployed", "superseded"].includes(status))
      .map((release): Found => {
        const { name, namespace, revision, status, record } = release;
        const said = record.info?.description;
        return {
          level: status === "uninstalled" ? "notice" : "critical",
          subject: `Release ${releaseKey(release)}`,
          namespace,
          what: `is ${status}`,
          evidence: [lineOf(release), ...(said === undefined ? [] : [said])],
          mend:
            status === "uninstalled"
              ? mend("Only its record is left.", helm("uninstall", name, "-n", namespace))
              : mend(
                  "Go back to the revision before, or repeat what failed.",
                  helm("history", name, "-n", namespace),
                  ...(revision > 1
                    ? [helm("rollback", name, String(revision - 1), "-n", namespace)]
                    : []),
                ),
        };
      }),
};
