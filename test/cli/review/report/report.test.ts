/**
 * What a report says of a plan that the real engine made: between two revisions of stack staging, with
 * a new image, a rotated password, and Livebook switched off. Whole reports are in docs/REVIEWING.md.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import type { Plan, PlannedResource } from "../../../../cli/plan";
import { isForbidden, reportText, reviewOf } from "../../../../cli/review/report";
import { mostCharacters } from "../../../../cli/review/report/markdown";
import fc from "../../../support/fast-check";
import { planBetween, workload } from "../../../support/plans";

const recording = join(__dirname, "../../../fixtures/plans/review.json.gz");
const plan = JSON.parse(gunzipSync(readFileSync(recording)).toString()) as Plan;
const subject = { kind: "revisions", base: "main", head: "the working tree" } as const;

function text(of: Plan = plan): string {
  return reportText(reviewOf(of, subject), "text");
}

describe("a report", () => {
  test("tells the worst first", () => {
    const titles = ["DATA", "IDENTITY", "EXPOSURE", "RESTART", "TOTALS", "QUIET"];
    const places = titles.map((title) => text().indexOf(`\n${title}`));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("names the cause once, with all that restart for it", () => {
    expect(text()).toContain(
      "2 Jobs run and 2 Deployments roll because secret thunderline/postgres was rotated " +
        "(password, generation 2): ",
    );
  });

  test("says in which order: the job that sets the password before its readers", () => {
    const [, order = ""] = /each after what it depends on: (.*)\.$/m.exec(text()) ?? [];
    const [first, second] = order.split(", ");
    expect([first, second]).toEqual(["thunderline/postgres-setup", "thunderline/migration"]);
  });

  test("names the systems in which nothing changes on one line", () => {
    expect(text()).toContain("Nothing changes in faultmaven, philotes, telemetry.");
  });

  test("puts together what is alike, with its number", () => {
    expect(text()).toMatch(/delete 4 NetworkPolicies \(thunderline\/.*\): a connection vanishes/);
  });

  test("names new exceptions, and at its end all that hold, by rule and reason", () => {
    expect(text()).toMatch(/new: rule data-protected for .*: the settings let it go/);
    const [, ofAll = ""] = text().split("\nExceptions in force");
    expect(ofAll).toMatch(/^ {2}- wait-skipped-with-reason: \d+ objects: .* and \d+ more: \w/m);
    expect(ofAll).toMatch(/^ {2}- data-protected: .*: the settings let it go/m);
    expect(ofAll).not.toContain("\nQUIET");
  });

  test("has all exceptions that hold as JSON", () => {
    const { exceptions } = JSON.parse(reportText(reviewOf(plan, subject), "json")) as {
      exceptions: { new: unknown[]; unchanged: number; inForce: { rule: string }[] };
    };
    expect(exceptions.inForce).toHaveLength(exceptions.new.length + exceptions.unchanged);
    expect(exceptions.inForce[0]?.rule).toMatch(/^[a-z-]+$/);
  });

  test("tells of exceptions that are all as before as those in force alone", () => {
    const claim = { kind: "PersistentVolumeClaim", name: "data", spec: {} };
    const excepted = { ...claim, annotations: { "policy.platform/backup": "a cache" } };
    const quiet = { kind: "ConfigMap", name: "files" };
    const made = planBetween([excepted, quiet], [excepted, { ...quiet, data: { a: "b" } }]);
    const [before = "", ofAll = ""] = text(made).split("Exceptions in force");
    expect(before).not.toMatch(/exceptions/i);
    expect(ofAll).toContain("backup: 1 object: PersistentVolumeClaim shop/data: a cache");
  });

  test("says in words which pods a Service led to, and which ones now", () => {
    const service = (track: string) => ({
      ...{ kind: "Service", name: "web", spec: { selector: { name: "web", track } } },
    });
    const [, identity = ""] = text(planBetween([service("blue")], [service("green")])).split(
      "IDENTITY",
    );
    expect(identity).toContain(
      "led to the pods with name=web, track=blue; now leads to the pods with name=web, track=green",
    );
  });

  test("of no change at all is one line", () => {
    const same = { ...plan, resources: plan.resources.filter((it) => it.operation === "same") };
    const unchanged = same.resources.map((it) => ({ ...it, after: it.before! }));
    expect(text({ ...same, resources: unchanged }).split("\n")).toEqual([
      ...["Review of stack staging", "From main to the working tree: no changes.", ""],
    ]);
  });

  test("as JSON has a version, and each change with its risk, reasons and properties", () => {
    const { schema_version, changes } = JSON.parse(reportText(reviewOf(plan, subject), "json")) as {
      schema_version: number;
      changes: { label: string; risk: string }[];
    };
    expect(schema_version).toBe(1);
    const [image] = changes.filter(({ label }) => label === "Deployment thunderline/web");
    expect(image).toMatchObject({
      ...{ risk: "restart", operation: "update", system: "thunderline" },
      properties: expect.arrayContaining([
        {
          path: "spec.template.spec.containers[web].image",
          before: "docker.io/thunderline/app:2.1.0",
          after: "docker.io/thunderline/app:2.2.0",
        },
      ]) as unknown,
    });
  });
});

describe("a report of what would stop", () => {
  const urn = "urn:pulumi:test::platform::kubernetes:apps/v1:Deployment::web";
  const violated: Plan = {
    ...plan,
    violations: [{ policy: "image-pinned", level: "mandatory", urn, message: "has no tag" }],
    errors: ["preview failed"],
  };

  test("has the rules that are not kept before all else", () => {
    const [, , , , , title, first] = text(violated).split("\n");
    expect([title, first]).toEqual([
      "This update would stop",
      "  - rule image-pinned: Deployment web: has no tag",
    ]);
    expect(isForbidden(violated)).toBe(true);
  });

  test("has the engine's errors where no rule is broken", () => {
    const failed = {
      ...plan,
      errors: ["unable to replace it\nas it is protected", "preview failed"],
    };
    expect(text(failed)).toContain("  - unable to replace it⏎as it is protected\n");
    expect(text(failed)).not.toContain("preview failed");
  });

  test("has the other faults beside a rule that is not kept", () => {
    const errors = ["unable to delete it as it is protected", "preview failed"];
    const both = text({ ...violated, errors });
    expect(both).toContain("  - unable to delete it as it is protected\n");
    expect(both).toContain("  - rule image-pinned: ");
    expect(both).not.toContain("preview failed");
  });

  test("goes on with rules that only advise", () => {
    const advised: Plan = {
      ...plan,
      violations: [{ policy: "spread", level: "advisory", message: "is not spread" }],
    };
    expect(isForbidden(advised)).toBe(false);
    expect(text(advised)).toContain("rule spread: is not spread");
  });
});

describe("many changes that are alike", () => {
  const labelled = (count: number, version: string) =>
    Array.from({ length: count }, (_, i) => ({
      ...{ kind: "ConfigMap", name: `files-${String(i)}`, data: {} },
      labels: { version },
    }));

  test("are one line with their number and an example", () => {
    const of = text(planBetween(labelled(200, "1"), labelled(200, "2")));
    expect(of).toContain("update 200 ConfigMaps, for example ConfigMap shop/files-0");
    expect(of.match(/metadata\.labels\.version: 1 → 2/g)).toHaveLength(1);
  });
});

describe("a comment", () => {
  const kinds = ["Deployment", "Secret", "ConfigMap", "PersistentVolumeClaim", "NetworkPolicy"];
  const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 });
  const object = fc.record({
    kind: fc.constantFrom(...kinds),
    name: word,
    namespace: word,
    value: fc.string({ unit: "binary", maxLength: 2000 }),
  });

  test("of a plan of any size and content is never too long", () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 40 }), fc.nat(12), (objects, copies) => {
        const side = (suffix: string) =>
          Array.from({ length: copies + 1 }, (_, copy) =>
            objects.map(({ kind, name, namespace, value }) =>
              kind === "Deployment"
                ? workload(name + String(copy), { namespace, container: { args: [value, suffix] } })
                : { kind, name: name + String(copy), namespace, data: { [value]: value + suffix } },
            ),
          ).flat();
        const made = planBetween(side("a"), side("b"));
        const errors = objects.map(({ value }) => value);
        const comment = reportText(reviewOf({ ...made, errors }, subject), "md");
        expect(comment.length).toBeLessThanOrEqual(mostCharacters);
        expect(comment.startsWith("<!-- platform-review:test -->\n")).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test("of thousands of changes says how many quiet ones are not shown, and keeps the worst", () => {
    const quiet = Array.from({ length: 3000 }, (_, i) => i);
    const object = (i: number, value: string) => ({
      ...{ kind: "ConfigMap", name: `c${String(i)}`, data: { key: `${value}${String(i)}` } },
    });
    const claim = { kind: "PersistentVolumeClaim", name: "data", spec: {} };
    const made = planBetween(
      [claim, ...quiet.map((i) => object(i, "a"))],
      quiet.map((i) => object(i, "b")),
    );
    const comment = reportText(reviewOf(made, subject), "md");
    const [, missing = "0"] = /\*(\d+) quiet changes are not shown/.exec(comment) ?? [];
    const shown = comment.match(/^- \*\*update\*\*/gm)?.length ?? 0;
    expect(comment).toContain("PersistentVolumeClaim shop/data");
    expect(Number(missing) + shown).toBe(3000);
  });
});

test("a provider's settings are told, but for those that let it in", () => {
  const type = "pulumi:providers:kubernetes";
  const urn = `urn:pulumi:test::platform::${type}::cluster`;
  const state = (inputs: Readonly<Record<string, unknown>>) => ({
    ...{ urn, type, protect: false, retainOnDelete: false, outputs: {}, inputs },
  });
  const made: PlannedResource = {
    ...{ urn, type, operation: "update", replacedFor: [] },
    before: state({ kubeconfig: "before" }),
    after: state({ kubeconfig: "after", enableConfigMapMutable: "true" }),
  };
  const told = text({ ...plan, resources: [made] });
  expect(told).toContain("enableConfigMapMutable: none → true");
  expect(told).toContain("kubeconfig: (secret) → (secret)");
});

test("a resource that is no Kubernetes object is told of by its name in the program", () => {
  const urn = "urn:pulumi:test::platform::random:index/randomPassword:RandomPassword::key";
  const type = "random:index/randomPassword:RandomPassword";
  const state = { urn, type, protect: false, retainOnDelete: false, inputs: {}, outputs: {} };
  const made: PlannedResource = { urn, type, operation: "create", after: state, replacedFor: [] };
  expect(text({ ...plan, resources: [made] })).toContain("create RandomPassword key");
});
