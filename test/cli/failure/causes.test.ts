/** Proves what is told of failures as the engine and API servers word them; that they do, test/proof shows. */
import type { Finding } from "../../../cli/audit";
import { findingsOf } from "../../../cli/failure";
import type { FailedObject } from "../../../cli/plan";

function failed(message: string, kind = "Deployment"): FailedObject {
  const [name, namespace] = ["web", "acme"];
  return {
    apiVersion: "apps/v1",
    kind,
    name,
    namespace,
    message,
    declared: { spec: { replicas: 1 } },
  };
}

const inTime = "'web' timed out waiting to be Ready";
const created = 'resource "urn:x" was not successfully created by the Kubernetes API server: ';

function trouble(subject: string, rule = "image-pull"): Finding {
  return {
    ...{ level: "critical", rule, subject, what: "cannot pull", evidence: [] },
    mend: { text: "Push it.", commands: [] },
  };
}

function told(failures: readonly FailedObject[], troubles: readonly Finding[] = []): string[] {
  return findingsOf(failures, troubles).map(({ rule, subject }) => `${rule} ${subject}`);
}

describe("a workload that was not ready in time", () => {
  it("is told by the reason of its pods", () => {
    const troubles = [trouble("Deployment acme/web"), trouble("Deployment acme/other")];
    expect(told([failed(inTime)], troubles)).toEqual(["image-pull Deployment acme/web"]);
  });

  it("is told as late where its pods give none, with what the engine has seen", () => {
    const message = `2 errors occurred:\n\t* ${inTime}\n\t* [MinimumReplicasUnavailable] no minimum`;
    expect(findingsOf([failed(message)], [])).toMatchObject([
      { rule: "late", evidence: [inTime, "[MinimumReplicasUnavailable] no minimum"] },
    ]);
  });
});

it.each([
  ["refused", 'admission webhook "guard.acme.com" denied the request: no'],
  ["refused", "deployments is forbidden: ValidatingAdmissionPolicy 'x' denied request: no"],
  ["webhook-away", 'failed calling webhook "guard.acme.com": connection refused'],
  ["quota", "services is forbidden: exceeded quota: small, requested: services=1"],
  [
    "terminating",
    'configmaps "x" is forbidden: unable to create new content in namespace acme because it is being terminated',
  ],
  ["forbidden", 'secrets is forbidden: User "x" cannot create resource'],
])("is told as %s in the API server's own words: %s", (rule, words) => {
  expect(findingsOf([failed(created + words)], [])).toMatchObject([
    { rule, subject: "Deployment acme/web", evidence: [words] },
  ]);
});

it("is told as gone where somebody has deleted it, and asks for a refresh", () => {
  const words = 'update of resource "urn:x" failed: deployments.apps "web" not found';
  const [found] = findingsOf([failed(words)], []);
  expect(found).toMatchObject({ rule: "gone", subject: "Deployment acme/web" });
  expect(found?.mend.text).toContain("--refresh");
});

it("leaves to the engine what nobody else can explain", () => {
  expect(told([failed(`${created}the moon is full`)])).toEqual([]);
});

it("tells of a namespace that does not go, beside what it keeps from being made", () => {
  const stuck = trouble("Namespace acme", "stuck-namespace");
  const gone = failed(`${created}object is being deleted: namespaces "acme" already exists`);
  expect(told([gone], [stuck])).toEqual([
    "terminating Deployment acme/web",
    "stuck-namespace Namespace acme",
  ]);
});

describe("a field of somebody else", () => {
  const conflict = 'Apply failed with 1 conflict: conflict with "acme-operator": .spec.replicas';

  it("is told with its owner, and the command that takes it back", () => {
    const [found] = findingsOf([failed(conflict)], []);
    expect(found).toMatchObject({
      rule: "conflict",
      evidence: ["spec.replicas was set by acme-operator"],
    });
    expect(found?.mend.commands.map(({ argv }) => argv)).toEqual([
      [
        ...["kubectl", "patch", "deployment/web", "-n", "acme", "--type=merge"],
        '--patch={"spec":{"replicas":1}}',
      ],
    ]);
  });

  it("is given to an editor where its declared value cannot be said", () => {
    const [found] = findingsOf([failed(conflict.replace("replicas", "paused"))], []);
    expect(found?.mend.commands.map(({ argv }) => argv[1])).toEqual(["edit"]);
  });
});
