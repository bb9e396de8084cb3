import { z } from "zod";

const part = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefix =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** Whether Kubernetes takes it for the name of a label or an annotation: `release`, `example.com/team`. */
function isQualifiedName(name: string): boolean {
  const parts = name.split("/");
  const [last = "", first] = parts.reverse();
  return parts.length < 3 && part.test(last) && (first === undefined || prefix.test(first));
}

const texts = z.record(z.string(), z.string({ error: "text" }));

/** Annotations that the settings give to an object. */
export const annotations = texts.superRefine((all, context) => {
  for (const name of Object.keys(all).filter((one) => !isQualifiedName(one))) {
    const message = "an annotation whose name is such as example.com/name";
    context.addIssue({ code: "custom", path: [name], message });
  }
});

/** Labels that the settings give to objects. */
export const labels = texts.superRefine((all, context) => {
  for (const [name, value] of Object.entries(all)) {
    if (isQualifiedName(name) && (value === "" || part.test(value))) continue;
    const message = isQualifiedName(name)
      ? "the value of a label: at most 63 letters, digits, hyphens, underscores and dots"
      : "a label whose name is such as release or example.com/name";
    context.addIssue({ code: "custom", path: [name], message });
  }
});
