/**
 * A real API server takes every object of every stack, strictly: a field that no schema knows is a
 * fault. Custom resources are checked against the operators' own definitions. Nothing is created.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { clusterPaths, deleteCluster, ensureCluster, kubectl } from "../../cli/cluster";
import { ChildFailure } from "../../cli/process";
import { silent } from "../../cli/progress";
import { ensureToolchain, type Toolchain } from "../../cli/toolchain";
import { openWorkspace, readSettings, type Workspace } from "../../cli/workspace";
import { rendered, renderedObjects, stacks } from "./rendered";

jest.setTimeout(180_000);

let folder: string;
let workspace: Workspace;
let tools: Toolchain;

/** The cluster is that of prod, the stack that demands the most of it. */
const host = "prod";

async function ask(...args: string[]): Promise<string> {
  try {
    return await kubectl(tools.kubectl, clusterPaths(workspace, host), args);
  } catch (error) {
    throw new Error(error instanceof ChildFailure ? error.output : String(error));
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "platform-validation-"));
  workspace = openWorkspace({ base: folder });
  tools = await ensureToolchain();
  await ensureCluster(workspace, tools, host, readSettings(workspace, host).cluster, silent);
  const namespaces = new Set<string>();
  for (const stack of stacks) {
    for (const { kind, metadata } of await renderedObjects(stack)) {
      if (kind === "Namespace") namespaces.add(metadata.name);
    }
  }
  for (const namespace of namespaces) await ask("create", "namespace", namespace);
});

afterAll(async () => {
  await deleteCluster(workspace, tools, host);
  rmSync(folder, { recursive: true });
});

describe("the API server, asked strictly", () => {
  it.each(stacks)("takes every object of stack %s", async (stack) => {
    const { files } = await rendered(stack);
    const manifest = join(folder, `${stack}.yaml`);
    writeFileSync(manifest, files.map(({ text }) => text).join("---\n"));
    const answer = await ask(
      "apply",
      "--server-side",
      "--dry-run=server",
      "--validate=strict",
      "--force-conflicts",
      "-f",
      manifest,
    );
    expect(answer.trim().split("\n")).toHaveLength(files.length);
  });

  it("refuses an object with a field that its schema does not know", async () => {
    const { files } = await rendered("dev");
    const service = files.find(({ path }) => path === "thunderline/service.web.yaml");
    const manifest = join(folder, "unknown.yaml");
    writeFileSync(manifest, `${service?.text ?? ""}  unknownField: true\n`);
    await expect(
      ask("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", manifest),
    ).rejects.toThrow("unknownField");
  });
});
