/** Previews by the real engine, in a workspace of their own, beside an API server that only counts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import { ChildFailure } from "../../../cli/process";
import { operate } from "../../../cli/session";
import { ensureToolchain } from "../../../cli/toolchain";
import {
  openWorkspace,
  prepareStack,
  type PulumiContext,
  stateResources,
} from "../../../cli/workspace";
import type { Environment } from "../../../config/environment";
import type { Said } from "../../config/support";

/** What came of a preview. */
export interface Preview {
  readonly code: number;
  readonly output: string;
  /** How often the API server was asked. */
  readonly requests: number;
  /** How many resources the state has afterwards. */
  readonly resources: number;
}

/** Where previews run. */
export class PreviewBench {
  #requests = 0;

  private constructor(
    private readonly folder: string,
    private readonly server: Server,
    private readonly context: PulumiContext,
  ) {
    server.on("request", () => {
      this.#requests += 1;
    });
  }

  static async open(): Promise<PreviewBench> {
    const folder = mkdtempSync(join(tmpdir(), "platform-refused-"));
    const server = createServer((_request, response) => response.writeHead(503).end());
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const context: PulumiContext = {
      workspace: openWorkspace({ base: folder }),
      engine: await ensureToolchain({ only: "engine" }),
      tmp: mkdtempSync(join(folder, "tmp-")),
      kubeconfig: join(folder, "kubeconfig"),
      throwAway: true,
    };
    return new PreviewBench(folder, server, context);
  }

  /** Previews a stack that says this in place of what its file says. */
  async preview(stack: Environment, said: Said): Promise<Preview> {
    this.#requests = 0;
    writeFileSync(this.context.kubeconfig ?? "", this.kubeconfig(`platform-${stack}`));
    const overrides = Object.entries(said).map(([key, value]) => ({
      key: `platform:${key}`,
      value,
    }));
    const prepared = await prepareStack(this.context, stack, overrides);
    const { code, output } = await operate({ context: this.context, prepared }, "preview", []).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error: unknown) => {
        if (error instanceof ChildFailure) return { code: error.exitCode, output: error.output };
        throw error;
      },
    );
    const resources = stateResources(this.context.workspace, stack).length;
    return { code, output, requests: this.#requests, resources };
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  private kubeconfig(context: string): string {
    const { port } = this.server.address() as AddressInfo;
    const name = "counting";
    return stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server: `http://127.0.0.1:${String(port)}` } }],
      users: [{ name, user: {} }],
      contexts: [{ name: context, context: { cluster: name, user: name } }],
      "current-context": context,
    });
  }
}
