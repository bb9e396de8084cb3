import { homedir } from "node:os";
import { join } from "node:path";

import { locate, minutesOf, setUp, titleOf, type Located, type Surroundings } from "./items";
import { cacheRoot, Layout } from "./layout";
import type { Item } from "./model";
import { Network } from "./network";
import { currentPlatform } from "./platform";
import { createProgress } from "./progress";
import { ensurePulumiHome } from "./pulumi-home";
import * as tools from "./tools";

/** What previews and renderings need. */
export interface Engine {
  /** The CLI; its folder also has the Node.js language host. */
  readonly pulumi: string;
  /** A PULUMI_HOME with the providers in it. */
  readonly pulumiHome: string;
}

/** Everything: the engine, and what an embedded cluster runs on. All paths are absolute. */
export interface Toolchain extends Engine {
  readonly kubectl: string;
  readonly kwok: string;
  readonly kwokctl: string;
  readonly etcd: string;
  readonly kubeApiserver: string;
  readonly kubeControllerManager: string;
  readonly kubeScheduler: string;
  /** YAML files of custom resource definitions. */
  readonly crds: readonly string[];
  /** YAML files of kwok's own default stages. */
  readonly stages: readonly string[];
}

/** What to set up, and where. */
export interface ToolchainOptions {
  /** @default "all" */
  readonly only?: "engine" | "all";
  /** @default surroundings of this process */
  readonly around?: Surroundings;
}

/**
 * Sets up what is missing and tells where everything is. Costs next to nothing when nothing is
 * missing. Progress goes to standard error.
 *
 * @throws UserError when something that the user can mend is in the way
 */
export function ensureToolchain(options: ToolchainOptions & { only: "engine" }): Promise<Engine>;
export function ensureToolchain(options?: ToolchainOptions & { only?: "all" }): Promise<Toolchain>;
export async function ensureToolchain({
  only = "all",
  around = surroundings(),
}: ToolchainOptions = {}): Promise<Engine | Toolchain> {
  const located = await ensureItems(only === "engine" ? tools.engineItems : tools.allItems, around);
  const path = (item: Item, name: string): string => {
    const found = located.get(item)?.get(name);
    if (found === undefined) throw new Error(`${name} of ${item.name} was not set up`);
    return found;
  };
  const files = (item: Item): readonly string[] => [...(located.get(item)?.values() ?? [])];

  const plugins = [tools.kubernetesProvider, tools.randomProvider].map((tool) => ({
    program: tool.name,
    version: tool.version,
    path: path(tool, tool.name),
  }));
  const engine: Engine = {
    pulumi: path(tools.pulumi, "pulumi"),
    pulumiHome: await ensurePulumiHome(plugins, around.layout),
  };
  if (only === "engine") return engine;
  return {
    ...engine,
    kubectl: path(tools.kubernetes, "kubectl"),
    kwok: path(tools.kwok, "kwok"),
    kwokctl: path(tools.kwok, "kwokctl"),
    etcd: path(tools.etcd, "etcd"),
    kubeApiserver: path(tools.kubernetes, "kube-apiserver"),
    kubeControllerManager: path(tools.kubernetes, "kube-controller-manager"),
    kubeScheduler: path(tools.kubernetes, "kube-scheduler"),
    crds: files(tools.crds),
    stages: files(tools.stages),
  };
}

/** Sets up those of these items that are missing. */
export async function ensureItems(
  items: readonly Item[],
  around: Surroundings = surroundings(),
): Promise<ReadonlyMap<Item, Located>> {
  const located = new Map<Item, Located>();
  for (const item of items) {
    const found = await locate(item, around);
    if (found !== undefined) located.set(item, found);
  }
  const missing = items.filter((item) => !located.has(item));
  const progress = createProgress(missing.length);
  for (const item of missing) {
    const step = progress.step(titleOf(item), minutesOf(item));
    located.set(item, await setUp(item, around, step));
  }
  return located;
}

/** The surroundings of this process. */
export function surroundings(env: NodeJS.ProcessEnv = process.env): Surroundings {
  const home = homedir();
  return {
    env,
    home,
    layout: new Layout(cacheRoot(env, home)),
    platform: currentPlatform(),
    sources: join(__dirname, "..", "..", "toolchain"),
    network: new Network(),
  };
}
