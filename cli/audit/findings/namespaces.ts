import { kubectl, mend, type Rule } from "../model";

/** Namespaces that are being deleted and are still there: something in them does not go. */
export const stuckNamespaces: Rule = {
  name: "stuck-namespace",
  about: "namespaces that are being deleted, and do not go",
  needs: ["namespaces"],
  find: ({ namespaces }) =>
    namespaces
      .filter(({ status }) => status?.phase === "Terminating")
      .map(({ metadata: { name, deletionTimestamp }, status }) => ({
        level: "warning" as const,
        subject: `Namespace ${name}`,
        namespace: name,
        what: "is being deleted, and is still there",
        evidence: [
          ...(deletionTimestamp === undefined ? [] : [`since ${deletionTimestamp}`]),
          ...(status?.conditions ?? [])
            .filter(({ status: holds }) => holds === "True")
            .map(({ type, message }) => `${type}: ${message ?? ""}`),
        ],
        mend: mend(
          "Let whoever has set the finalizers clear up; take none away by hand before it is known what it guards.",
          kubectl("get", "namespace", name, "-o", "jsonpath={.status.conditions}"),
        ),
      })),
};
