/** What stops an update before it begins, in words. That nothing is made then, the cluster's tests see. */
import { UserError } from "../../../cli/errors";
import type { Plan } from "../../../cli/plan";
import { digestOf } from "../../../cli/review/digest";
import { requireAllowed, requireReviewed } from "../../../cli/review/guard";

const plan: Plan = { stack: "dev", resources: [], violations: [], errors: [], warnings: [] };
const urn =
  "urn:pulumi:dev::platform::platform:systems:A$kubernetes:core/v1:PersistentVolumeClaim::a-data";

function failureOf(work: () => void): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

describe("an update", () => {
  it("is stopped by a mandatory rule, with the rule and the object", () => {
    const { exitCode, message } = failureOf(() => {
      requireAllowed({
        ...plan,
        violations: [
          { policy: "data-protected", level: "mandatory", urn, message: "not protected" },
        ],
        errors: ["preview failed"],
      });
    });
    expect(exitCode).toBe(2);
    expect(message).toContain("- data-protected: PersistentVolumeClaim a-data: not protected");
  });

  it("is told of a rule that is not kept and of everything else that stops it, at once", () => {
    const violations = [
      { policy: "spread", level: "mandatory", urn, message: "one zone" },
    ] as const;
    const error = `Preview failed: resource "${urn}" cannot be deleted\nbecause it is protected. …`;
    const { exitCode, message, hint } = failureOf(() => {
      requireAllowed({
        ...plan,
        violations,
        errors: [error, "The program broke.", "preview failed"],
      });
    });
    expect(exitCode).toBe(2);
    expect(message.split("\n")).toEqual([
      "Stack dev does not keep these rules of the policy pack, so nothing was changed:",
      "  - spread: PersistentVolumeClaim a-data: one zone",
      "Stack dev would delete what is protected, so nothing was changed:",
      "  - PersistentVolumeClaim a-data",
      "The program broke.",
    ]);
    expect(hint).toMatch(/docs\/POLICY\.md[^]*data: release/);
  });

  it("is stopped by a preview that failed and did not say why", () => {
    const { message } = failureOf(() => {
      requireAllowed({ ...plan, errors: ["preview failed"] });
    });
    expect(message).toBe("preview failed");
  });

  it("is not stopped by an advisory rule", () => {
    const violations = [{ policy: "spread", level: "advisory", message: "one zone" }] as const;
    expect(() => {
      requireAllowed({ ...plan, violations });
    }).not.toThrow();
  });

  it("says which protected resource it would delete, and how data goes", () => {
    const error = `Preview failed: resource "${urn}" cannot be deleted\nbecause it is protected. …`;
    const { message, hint } = failureOf(() => {
      requireAllowed({ ...plan, errors: [error, "preview failed"] });
    });
    expect(message).toMatch(/protected.*:\n {2}- PersistentVolumeClaim a-data$/);
    expect(hint).toContain("data: release");
  });

  it("is stopped by a fault of the program, in its words", () => {
    const errors = ["The settings of stack dev have 1 fault: …"];
    const { message } = failureOf(() => {
      requireAllowed({ ...plan, errors });
    });
    expect(message).toBe(errors[0]);
  });

  it("is stopped where another change was reviewed", () => {
    const reviewed = { ...digestOf("dev", []), digest: "other", changes: ["quiet update A a"] };
    const { exitCode, message, hint } = failureOf(() => {
      requireReviewed(plan, reviewed);
    });
    expect(exitCode).toBe(3);
    expect(message).toContain("quiet update A a  |  –");
    expect(hint).toContain("npm run review -- --stack dev --digest FILE");
  });

  it("goes on where the same change was reviewed", () => {
    expect(() => {
      requireReviewed(plan, digestOf("dev", []));
    }).not.toThrow();
  });
});
