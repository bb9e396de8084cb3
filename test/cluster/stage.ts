import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { clusterPaths, deleteCluster, kubectl } from "../../cli/cluster";
import { operate, type Session, withSession } from "../../cli/session";
import { ensureToolchain } from "../../cli/toolchain";
import {
  openWorkspace,
  type Override,
  stackSetting,
  stateResources,
  type StateResource,
  type Workspace,
} from "../../cli/workspace";
import { readStackFile } from "../../cli/workspace/stacks";
import { merge } from "../../config/merge";

/** A change that the engine would make, such as `update Deployment web`. */
interface Step {
  readonly op: string;
  readonly urn: string;
}

/** An object of the cluster: `Deployment acme/web`, and the id that it keeps for life. */
export interface LiveObject {
  readonly name: string;
  readonly uid: string;
}

/** A stack on an embedded cluster that belongs to one test alone. */
export class Stage {
  readonly #folder = mkdtempSync(join(tmpdir(), "platform-stage-"));
  readonly workspace: Workspace = openWorkspace({ base: this.#folder });

  constructor(readonly stack: string) {}

  up(overrides: readonly Override[] = []): Promise<void> {
    return this.#run("up", ["--yes", "--skip-preview"], overrides);
  }

  refresh(): Promise<void> {
    return this.#run("refresh", ["--yes", "--skip-preview"], []);
  }

  destroyUnprotected(): Promise<void> {
    return this.#run("destroy", ["--yes", "--skip-preview", "--exclude-protected"], []);
  }

  /** What an update would do; unchanged resources are left out. */
  async changes(overrides: readonly Override[] = []): Promise<string[]> {
    const { stdout } = await this.#on(
      (session) => operate(session, "preview", ["--json"]),
      overrides,
    );
    const { steps = [] } = JSON.parse(stdout) as { steps?: Step[] };
    return steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn }) => `${op} ${shortUrn(urn)}`)
      .sort();
  }

  resources(): readonly StateResource[] {
    return stateResources(this.workspace, this.stack);
  }

  /** The objects of these kinds that the program has made. */
  async objects(...kinds: string[]): Promise<LiveObject[]> {
    const answer = await this.kubectl(
      "get",
      kinds.join(","),
      "--all-namespaces",
      "--output=json",
      "--selector=app.kubernetes.io/managed-by=pulumi",
    );
    const { items } = JSON.parse(answer) as {
      items: { kind: string; metadata: { name: string; namespace?: string; uid: string } }[];
    };
    return items
      .map(({ kind, metadata: { name, namespace, uid } }) => ({
        name: `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`,
        uid,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async kubectl(...args: string[]): Promise<string> {
    const tools = await ensureToolchain();
    return kubectl(tools.kubectl, clusterPaths(this.workspace, this.stack), args);
  }

  /** Settings under `platform:<part>` on top of those of the committed stack file. */
  settings(part: string, settings: object): Override[] {
    const key = `platform:${part}`;
    const said = stackSetting(readStackFile(this.workspace, this.stack), key) ?? {};
    return [{ key, value: merge(undefined, said, settings) }];
  }

  async end(): Promise<void> {
    await deleteCluster(this.workspace, await ensureToolchain(), this.stack);
    rmSync(this.#folder, { recursive: true });
  }

  async #run(operation: string, args: string[], overrides: readonly Override[]): Promise<void> {
    await this.#on((session) => operate(session, operation, args), overrides);
  }

  #on<T>(work: (session: Session) => Promise<T>, overrides: readonly Override[]): Promise<T> {
    return withSession({ workspace: this.workspace, stack: this.stack, overrides }, work);
  }
}

/** `Deployment thunderline-web` of a URN that ends in `$kubernetes:apps/v1:Deployment::thunderline-web`. */
function shortUrn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.slice(types.lastIndexOf(":") + 1)} ${name}`;
}
