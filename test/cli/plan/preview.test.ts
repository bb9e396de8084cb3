/** When a preview is made once more. That the update then goes through, the cluster's tests see. */
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { planUpdate } from "../../../cli/plan";
import { ChildFailure } from "../../../cli/process";
import type { PulumiOptions } from "../../../cli/workspace";

const urn = "urn:pulumi:dev::platform::kubernetes:apps/v1:Deployment::acme-web";
const inputs = {
  ...{ apiVersion: "apps/v1", kind: "Deployment" },
  metadata: { name: "web", namespace: "acme" },
};
const step = {
  resourcePreEvent: { metadata: { op: "update", urn, type: "", new: { urn, type: "", inputs } } },
};
const forced = { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };

let tmp: string;
beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), "preview-"));
});
afterEach(() => {
  rmSync(tmp, { recursive: true });
});

/** Previews that end with these errors of the API server, one after another, and then well. */
async function previewed(...errors: readonly string[]) {
  const environments: PulumiOptions["env"][] = [];
  const left = [...errors];
  const operate = async (_: string, __: readonly string[], options: PulumiOptions = {}) => {
    environments.push(options.env);
    const message = left.shift();
    const told =
      message === undefined ? [] : [{ diagnosticEvent: { severity: "error", urn, message } }];
    const lines = [step, ...told].map((event) => `${JSON.stringify(event)}\n`);
    appendFileSync(options.eventLog ?? "", lines.join(""));
    if (message !== undefined) throw new ChildFailure("pulumi", 255, message);
    return { code: 0, stdout: "", stderr: "" };
  };
  const plan = await planUpdate({ stack: "dev", tmp, operate });
  return { environments, errors: plan.errors.length };
}

const conflict = (manager: string) =>
  `Apply failed with 1 conflict: conflict with "${manager}" using apps/v1: .spec.replicas`;

it("is made once more where only kubectl has set fields, which the update takes over", async () => {
  expect(await previewed(conflict("kubectl-patch"))).toEqual({
    environments: [{}, forced],
    errors: 0,
  });
});

it.each([
  ["somebody else owns a field", conflict("acme-operator")],
  ["the way of the change was a subresource", conflict('kubectl" with subresource "scale')],
  ["it is refused for another reason", 'deployments.apps "web" is forbidden'],
])("fails where %s", async (_, error) => {
  expect(await previewed(error)).toEqual({ environments: [{}], errors: 1 });
});
