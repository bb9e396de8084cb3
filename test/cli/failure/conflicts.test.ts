/** Proves what is read in refusals as API servers write them; that they do, test/proof shows. */
import { conflictsIn, declaredValue } from "../../../cli/failure/conflicts";

const declared = {
  spec: {
    replicas: 1,
    template: {
      spec: {
        containers: [
          { name: "web", env: [{ name: "LOG", value: "info" }], image: "web:1" },
          { name: "side", env: [{ name: "KEY", value: "[secret]" }] },
        ],
      },
    },
  },
};
const ofDeployment = { apiVersion: "apps/v1", declared };
const env = (container: string, name: string): string =>
  `.spec.template.spec.containers[name="${container}"].env[name="${name}"].value`;
const by = (path: string) => ({ manager: "acme", path });

describe("a refusal for one field", () => {
  it("names who has set it, and by which way", () => {
    const text =
      'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1 at 2026-01-01T10:00:00Z: .spec.replicas';
    expect(conflictsIn(text)).toEqual([
      { manager: "kubectl", subresource: "scale", path: ".spec.replicas" },
    ]);
  });

  it("is read where the manager applies as well", () => {
    expect(conflictsIn('1 conflict: conflict with "acme": .spec.replicas')).toEqual([
      by(".spec.replicas"),
    ]);
  });
});

it("reads a refusal for fields of several managers, a line each", () => {
  const text = [
    'Apply failed with 3 conflicts: conflicts with "acme":',
    "- .spec.replicas",
    `- ${env("web", "LOG")}`,
    'conflicts with "helm" using apps/v1:',
    "- .spec.paused",
  ].join("\n");
  expect(conflictsIn(text).map(({ manager, path }) => `${manager} ${path}`)).toEqual([
    "acme .spec.replicas",
    `acme ${env("web", "LOG")}`,
    "helm .spec.paused",
  ]);
});

it("finds no conflict in another refusal", () => {
  expect(conflictsIn('pods "web" is forbidden: exceeded quota: small')).toEqual([]);
});

describe("the patch that takes fields back", () => {
  it("sets their declared values", () => {
    expect(declaredValue(ofDeployment, by(".spec.replicas"))).toEqual({ spec: { replicas: 1 } });
  });

  it("names an item of a list by its keys", () => {
    expect(declaredValue(ofDeployment, by(env("web", "LOG")))).toEqual({
      spec: {
        template: {
          spec: { containers: [{ name: "web", env: [{ name: "LOG", value: "info" }] }] },
        },
      },
    });
  });

  it.each([
    ["a value that is secret", ofDeployment, env("side", "KEY")],
    ["a field that is not declared", ofDeployment, ".spec.paused"],
    ["a name with a dot in it", ofDeployment, ".metadata.labels.example.com/x"],
    ["a list of a custom resource", { apiVersion: "acme.com/v1", declared }, env("web", "LOG")],
  ])("is not made up for %s", (_what, object, path) => {
    expect(declaredValue(object, by(path))).toBeUndefined();
  });
});
