/** What the state of a stack tells of its telemetry, from a state file as pulumi writes it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { appliedEmbedded, appliedReal, phaseOf } from "../../../cli/telemetry/applied";
import { openWorkspace, type Workspace } from "../../../cli/workspace";

let folder: string;
let workspace: Workspace;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "platform-applied-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: demo\n");
  workspace = openWorkspace({ repository: folder, base: join(folder, "base") });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function save(resources: readonly unknown[]): void {
  const place = join(workspace.state, ".pulumi/stacks/demo");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "dev.json"), JSON.stringify({ checkpoint: { latest: { resources } } }));
}

it("is nothing before the first update", () => {
  expect(appliedEmbedded(workspace, "dev")).toEqual({ phase: undefined, patched: [] });
});

const resources = [
  { urn: "a", type: "pulumi:pulumi:Stack", outputs: { telemetry: { phase: "cutover" } } },
  { urn: "b", type: "kubernetes:apps/v1:DeploymentPatch", id: "old/bridge" },
  { urn: "c", type: "kubernetes:apps/v1:Deployment", id: "new/bridge" },
];

it("is the phase in the outputs, and the Deployments that are patched", () => {
  save(resources);
  expect(appliedEmbedded(workspace, "dev")).toEqual({ phase: "cutover", patched: ["old/bridge"] });
});

it("is read as well from what pulumi exports of a stack on a real cluster", () => {
  const exported = JSON.stringify({ version: 3, deployment: { resources } });
  expect(appliedReal(exported)).toEqual({ phase: "cutover", patched: ["old/bridge"] });
});

it.each(['{"version":3,"deployment":{"manifest":{}}}', '{"version":3}'])(
  "is nothing of a real stack that was never applied: %s",
  (exported) => {
    expect(appliedReal(exported)).toEqual({ phase: undefined, patched: [] });
  },
);

it.each([undefined, null, "cutover", {}, { phase: "other" }, { phase: { value: "cutover" } }])(
  "is no phase in an output %j",
  (output) => {
    expect(phaseOf(output)).toBeUndefined();
  },
);
