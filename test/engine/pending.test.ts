/** Proves with the real pulumi and its file backend what becomes of creations that were cut off; no cluster is asked. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { settleCreations } from "../../cli/pending";
import { ensureToolchain } from "../../cli/toolchain";
import {
  openWorkspace,
  pendingCreations,
  prepareStack,
  type PulumiContext,
  stateResources,
} from "../../cli/workspace";
import { type Checkpoint, type StateResource, stateFile } from "../../cli/workspace/state-file";

// The first use builds pulumi.
jest.setTimeout(900_000);

const stack = "dev";
let folder: string;
let context: PulumiContext;
let said: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pending-"));
  const engine = await ensureToolchain({ only: "engine" });
  const workspace = openWorkspace({ base: folder });
  context = { workspace, engine, tmp: workspace.tmp };
  await prepareStack(context, stack);
  said = [];
  jest.spyOn(console, "error").mockImplementation((text: string) => void said.push(text));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const root = {
  type: "pulumi:pulumi:Stack",
  urn: `urn:pulumi:${stack}::platform::pulumi:pulumi:Stack::a`,
};
const job = {
  type: "kubernetes:batch/v1:Job",
  urn: `urn:pulumi:${stack}::platform::kubernetes:batch/v1:Job::migrate`,
  custom: true,
  id: "demo/migrate-1",
  inputs: { metadata: { name: "migrate-1", namespace: "demo" } },
};

/** Writes a state as an update leaves it that ended well after one that was cut off in making the Job. */
function leave(resources: readonly StateResource[]): void {
  const file = stateFile(context.workspace, stack);
  const state = JSON.parse(readFileSync(file, "utf8")) as { checkpoint: Checkpoint };
  const pending = { type: "creating", resource: { ...job, id: undefined } };
  const latest = { ...state.checkpoint.latest, resources, pending_operations: [pending] };
  writeFileSync(file, JSON.stringify({ ...state, checkpoint: { ...state.checkpoint, latest } }));
}

it("is forgotten where it has been made since, and nothing else changes", async () => {
  leave([root, job]);
  await settleCreations({ context, stack });
  expect(pendingCreations(context.workspace, stack)).toEqual([]);
  expect(stateResources(context.workspace, stack)).toMatchObject([root, job]);
  expect(said).toEqual([]);
});

it("is named where nobody asks for it any more: it may be there, and no update will delete it", async () => {
  leave([root]);
  await settleCreations({ context, stack });
  expect(said.join("\n")).toContain("kubectl -n demo get Job migrate-1");
  expect(pendingCreations(context.workspace, stack)).toEqual([]);
});
