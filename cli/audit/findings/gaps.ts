import type { Gap, Inventory } from "../inventory";
import { type Finding, kubectl, mend, type Rule, shown } from "../model";

/** What could not be read, and what is therefore not known: unchecked, never passed. */
export function gapFindings({ gaps }: Inventory, rules: readonly Rule[]): readonly Finding[] {
  return gaps.map((gap) => {
    const skipped = rules.filter(({ needs }) => needs.includes(gap.reading));
    return shown("unchecked", {
      level: "unchecked",
      subject: gap.what,
      what: gap.right === undefined ? "could not be read" : "may not be read",
      evidence: [
        gap.why,
        ...(skipped.length === 0
          ? []
          : [`not looked at: ${skipped.map(({ about }) => about).join("; ")}`]),
      ],
      mend: mendOf(gap),
    });
  });
}

function mendOf({ reading, right }: Gap): Finding["mend"] {
  if (right !== undefined) {
    const [verb = "list", kind = ""] = right.split(" ");
    return mend(
      `The identity of this context lacks the right "${right}" in all namespaces.`,
      kubectl("auth", "can-i", verb, kind.toLowerCase(), "--all-namespaces"),
    );
  }
  if (reading === "usage") {
    return mend(
      "Install metrics-server, or see whether it runs.",
      kubectl("get", "apiservice", "v1beta1.metrics.k8s.io"),
    );
  }
  return mend("See what the API server says.", kubectl("get", "--raw", "/readyz?verbose"));
}
