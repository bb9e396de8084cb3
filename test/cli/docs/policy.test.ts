/** What the page of the policy pack says of objects; that it is up to date is for the engine's tests. */
import { type KubernetesObject, policyPage } from "../../../cli/docs";
import { ruleNames } from "../../../policy/names";
import { scanExceptions, toolNames, tools } from "../../../policy/tools";

function service(name: string, annotations: Record<string, string> = {}): KubernetesObject {
  return { kind: "Service", metadata: { name, namespace: "shop", annotations } };
}

const open = { "policy.platform/service-type-declared": "the settings open it" };

/** The rows of the page's table under a heading, each cut into its cells. */
function rowsUnder(heading: string, page: string): string[][] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return own
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2)
    .map((line) => line.slice(2, -2).split(" | "));
}

describe("the page of the policy pack", () => {
  it("has a row for each rule of the pack", () => {
    const rules = rowsUnder("Rules", policyPage({}));
    expect(rules.map(([name]) => name)).toEqual(ruleNames.map((name) => `\`${name}\``));
  });

  it("has no exceptions where no object declares one", () => {
    expect(rowsUnder("Exceptions", policyPage({ dev: [service("web")] }))).toEqual([]);
  });

  it("names what is excepted, and the stacks where it is not in all", () => {
    const page = policyPage({
      dev: [service("web", open)],
      prod: [service("web", open), service("api", open)],
    });
    expect(rowsUnder("Exceptions", page)).toEqual([
      [
        "`service-type-declared`",
        "Service shop/api (prod)<br>Service shop/web",
        "the settings open it",
      ],
    ]);
  });

  it("does not change with the order of the stacks", () => {
    const [dev, prod] = [[service("web", open)], [service("web", open)]];
    const staging = [service("api")];
    expect(policyPage({ prod, staging, dev })).toBe(policyPage({ dev, staging, prod }));
  });

  it("names the resource that an object speaks for", () => {
    const key = "policy.platform/data-protected.password-1";
    const secret: KubernetesObject = {
      kind: "Secret",
      metadata: { name: "keys", annotations: { [key]: "the settings release it" } },
    };
    expect(rowsUnder("Exceptions", policyPage({ dev: [secret] }))).toEqual([
      ["`data-protected`", "Secret keys, password-1", "the settings release it"],
    ]);
  });

  it("counts what is too much to name", () => {
    const many = Array.from({ length: 9 }, (_, index) => service(`web-${String(index)}`, open));
    const [row] = rowsUnder("Exceptions", policyPage({ dev: many }));
    expect(row?.[1]).toBe("9 of kind Service");
  });

  it("has every check of every tool, by name or within a run of numbers", () => {
    const page = policyPage({});
    const runs = [...page.matchAll(/`(\w+_)(\d+)` to `\w+_(\d+)`/g)];
    const named = (check: string): boolean =>
      page.includes(`\`${check}\``) ||
      runs.some(([, start = "", first, last]) => {
        const number = check.startsWith(start) ? Number(check.slice(start.length)) : NaN;
        return number >= Number(first) && number <= Number(last);
      });
    const checks = toolNames.flatMap((name) => Object.keys(tools[name].checks));
    expect(checks.filter((check) => !named(check))).toEqual([]);
  });

  it("has every finding of a scanner that is excepted", () => {
    const rows = rowsUnder("What the scanners find", policyPage({}));
    const cells = rows.map(([checks = "", objects = ""]) => `${checks} ${objects}`);
    const missing = scanExceptions.filter(
      ({ tool, check, objects }) =>
        !cells.some(
          (cell) =>
            cell.includes(`${tool} \`${check}\``) &&
            objects.every((one) => cell.includes(`\`${one}\``)),
        ),
    );
    expect(missing).toEqual([]);
  });
});
