/** An API server that says whether it would take objects. It keeps nothing but namespaces. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { clusterPaths, deleteCluster, ensureCluster, kubectl } from "../../../cli/cluster";
import { ChildFailure } from "../../../cli/process";
import { silent } from "../../../cli/progress";
import { ensureToolchain, type Toolchain } from "../../../cli/toolchain";
import { openWorkspace, readSettings, type Workspace } from "../../../cli/workspace";
import type { Manifest } from "../../support/manifests";

/** The cluster is that of prod, the stack that demands the most of it. */
const host = "prod";

export class ServerCheck {
  private constructor(
    private readonly folder: string,
    private readonly workspace: Workspace,
    private readonly tools: Toolchain,
  ) {}

  static async start(): Promise<ServerCheck> {
    const folder = mkdtempSync(join(tmpdir(), "platform-settings-"));
    const workspace = openWorkspace({ base: folder });
    const tools = await ensureToolchain();
    await ensureCluster(workspace, tools, host, readSettings(workspace, host).cluster, silent);
    return new ServerCheck(folder, workspace, tools);
  }

  /** What the server has against these objects, a line each; nothing where it takes them all. */
  async complaints(objects: readonly Manifest[]): Promise<string[]> {
    const namespaces = objects.filter(({ kind }) => kind === "Namespace");
    const refused = await this.apply(namespaces, []);
    return [...refused, ...(await this.apply(objects, ["--dry-run=server"]))];
  }

  async end(): Promise<void> {
    await deleteCluster(this.workspace, this.tools, host);
    rmSync(this.folder, { recursive: true });
  }

  private async apply(objects: readonly Manifest[], args: readonly string[]): Promise<string[]> {
    if (objects.length === 0) return [];
    const file = join(this.folder, "objects.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const all = ["apply", "--server-side", "--validate=strict", "--force-conflicts", ...args];
    try {
      await kubectl(this.tools.kubectl, clusterPaths(this.workspace, host), [...all, "-f", file]);
      return [];
    } catch (error) {
      if (!(error instanceof ChildFailure)) throw error;
      return error.output
        .split("\n")
        .filter((line) => line !== "" && !line.includes("serverside-applied"));
    }
  }
}
