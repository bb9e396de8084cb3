import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { operate, throwAway } from "../session";
import { ensureToolchain } from "../toolchain";
import {
  openWorkspace,
  type Override,
  prepareStack,
  type PulumiContext,
  readState,
  requireStack,
  type StateResource,
  stateResources,
  withTemporaryFolder,
  type Workspace,
} from "../workspace";
import { requireOutputFolder, writeOutputFolder } from "./output-folder";
import { type RenderedFile, rewriteObjects } from "./rewrite";

/** How a stack is rendered. */
export interface RenderOptions {
  /** Its repository is rendered; its state stays as it is. @default the one of this repository */
  readonly workspace?: Workspace;
  /** Values made for this rendering in place of placeholders. @default false */
  readonly withSecrets?: boolean;
  /** Settings in place of the committed ones. */
  readonly overrides?: readonly Override[];
}

/** What came of a rendering. */
export interface Rendering {
  readonly files: readonly RenderedFile[];
  /** The throw-away state, in which secrets are encrypted. */
  readonly state: string;
  readonly resources: readonly StateResource[];
  /** What the engine said. */
  readonly output: string;
}

/** In place of every encrypted setting, so that the same input gives the same bytes. */
const placeholder = "placeholder";

/** Writes a stack's objects into a folder, one a file; returns their paths. */
export async function renderStack(
  stack: string,
  folder: string,
  options: RenderOptions = {},
): Promise<string[]> {
  requireOutputFolder(folder);
  const { files } = await renderObjects(stack, options);
  writeOutputFolder(folder, files, options.withSecrets === true ? 0o600 : 0o644);
  return files.map(({ path }) => path);
}

/**
 * A stack's objects as the engine and the Kubernetes provider make them, without a cluster. The
 * engine works on a state of its own, made for this and gone afterwards.
 */
export async function renderObjects(
  stack: string,
  { workspace = openWorkspace(), withSecrets = false, overrides = [] }: RenderOptions = {},
): Promise<Rendering> {
  requireStack(workspace, stack);
  const engine = await ensureToolchain({ only: "engine" });
  return withTemporaryFolder(workspace, async (folder) => {
    const own = throwAway(workspace, folder);
    const directory = join(folder, "rendered");
    const tmp = join(folder, "tmp");
    mkdirSync(tmp);
    const context: PulumiContext = { workspace: own, engine, tmp, throwAway: true };
    const render = { key: "platform:render", value: { directory, placeholders: !withSecrets } };
    const prepared = await prepareStack(
      context,
      stack,
      [...overrides, render],
      withSecrets ? undefined : () => placeholder,
    );
    const { stdout, stderr } = await operate({ context, prepared }, "up", [
      "--yes",
      "--skip-preview",
    ]);
    return {
      files: rewriteObjects(documentsIn(directory)),
      state: readState(own, stack),
      resources: stateResources(own, stack),
      output: stdout + stderr,
    };
  });
}

/** The provider sorts what it writes into two folders; a stack without definitions has one. */
function documentsIn(directory: string): string[] {
  return ["0-crd", "1-manifest"]
    .map((name) => join(directory, name))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => readFileSync(join(path, name), "utf8")));
}
