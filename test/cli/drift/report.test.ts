import { type Drift, markdownReport, textReport } from "../../../cli/drift";

const clean: Drift = {
  stack: "prod",
  cluster: "real",
  context: "platform-prod",
  objects: 586,
  withoutSecrets: false,
  deleted: [],
  changed: [],
  warnings: [],
};
const object = { kind: "Deployment", namespace: "acme", name: "web", urn: "urn" };

describe("a report of drift", () => {
  it("says that nothing has drifted, and what it cannot see", () => {
    const text = textReport(clean);
    expect(text).toMatch(/^No drift: 586 objects of stack prod \(context platform-prod\) are as/);
    expect(text).toContain("What this cannot see:");
    expect(text).not.toContain("What to do:");
  });

  it("names the objects, the fields, who changed them and what mends it", () => {
    const by = { manager: "kubectl", subresource: "scale" };
    const field = { path: "spec.replicas", kind: "changed", declared: "1", live: "3" } as const;
    const text = textReport({
      ...clean,
      deleted: [{ kind: "Job", namespace: "acme", name: "setup", urn: "urn" }],
      changed: [{ ...object, fields: [{ ...field, by, conflicts: true }] }],
    });
    expect(text).toContain("Deleted:\n  Job acme/setup");
    expect(text).toContain(
      "Deployment acme/web:\n  spec.replicas: 1 → 3 (kubectl (scale); an update is refused here)",
    );
    expect(text).toContain("npm run apply -- --stack prod --refresh");
    expect(text).toContain("A Job that is gone runs again.");
    expect(text).toContain("give the field its declared value first");
  });

  it("says where Secrets were not looked at", () => {
    expect(textReport({ ...clean, withoutSecrets: true })).toContain(
      "Secrets: this identity may not read them.",
    );
  });

  it("begins with the mark by which the issue of the stack is found", () => {
    expect(markdownReport(clean).split("\n")[0]).toBe("<!-- platform-drift:prod -->");
  });

  it("keeps what others wrote inside its cell", () => {
    const live = "`<img>`|@everyone\n# x";
    const fields = [{ path: "spec.type", kind: "changed", declared: "a", live }] as const;
    const row = markdownReport({ ...clean, changed: [{ ...object, fields }] })
      .split("\n")
      .find((line) => line.includes("spec.type"));
    expect(row).toBe(
      "| `Deployment acme/web` | `spec.type` | `a → '<img>'\\|@everyone # x` | `who is not known` |",
    );
  });
});
