import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ensureToolchain } from "../../cli/toolchain";
import { openWorkspace, pulumi, type PulumiContext } from "../../cli/workspace";
import { ensurePassphrase } from "../../cli/workspace/passphrase";
import { type Fixture, goodStack, type Resource } from "../policy/fixtures";

/** A program of fixtures, as a stack of its own in a folder that its test removes. */
export interface FixtureProgram {
  readonly context: PulumiContext;
  /** The project. */
  readonly cwd: string;
}

/** Named and called like ours, so that commands of ours find its stack `prod`. */
const project = {
  name: "platform",
  runtime: { name: "nodejs", options: { typescript: false } },
};

const program = `
const { dependencies } = require("./package.json");
const k8s = require("@pulumi/kubernetes");
const pulumi = require("@pulumi/pulumi");
const provider = new k8s.Provider("cluster", { kubeconfig: "", renderYamlToDirectory: __dirname + "/rendered" });
const bundles = {};
for (const { type, name, bundle, protect, ignoreChanges, props } of require("./resources.json")) {
  const parent = bundle && (bundles[bundle] ??= new pulumi.ComponentResource("fixtures:index:Bundle", bundle));
  const from = type.startsWith("kubernetes:") ? { provider } : { version: dependencies["@pulumi/random"] };
  new pulumi.CustomResource(type, name, props, { protect, ignoreChanges, parent, ...from });
}
`;

/** Writes the program and makes its stack. */
export async function fixtureProgram(
  folder: string,
  resources: readonly object[],
): Promise<FixtureProgram> {
  const workspace = openWorkspace({ base: join(folder, "workspace") });
  const [cwd, tmp] = [join(folder, "project"), join(folder, "tmp")];
  for (const path of [cwd, tmp]) mkdirSync(path);
  symlinkSync(join(workspace.repository, "node_modules"), join(cwd, "node_modules"));
  symlinkSync(join(workspace.repository, "package.json"), join(cwd, "package.json"));
  writeFileSync(join(cwd, "Pulumi.yaml"), JSON.stringify(project));
  writeFileSync(join(cwd, "index.js"), program);
  writeFileSync(join(cwd, "resources.json"), JSON.stringify(resources));
  ensurePassphrase(workspace);
  const engine = await ensureToolchain({ only: "engine" });
  const context: PulumiContext = { workspace, engine, tmp };
  await pulumi(context, ["stack", "init", "prod"], { cwd });
  return { context, cwd };
}

/** What the failing fixtures of all rules are about, each in a namespace of its own. */
export function failingResources(
  fixtures: Readonly<Partial<Record<string, Fixture>>>,
): readonly object[] {
  return Object.entries(fixtures).flatMap(([rule, fixture]) =>
    (fixture?.failing(goodStack()) ?? []).map((resource) => placed(rule, resource)),
  );
}

function placed(rule: string, { name, parent, props, ...rest }: Resource): object {
  const { metadata } = props as { metadata?: Record<string, unknown> };
  if (metadata?.namespace === "acme") metadata.namespace = rule;
  if (metadata?.name === "acme") metadata.name = rule;
  const bundle = parent === undefined ? {} : { bundle: `${rule}-bundle` };
  return { ...rest, ...bundle, name: `${rule}-${name}`, props: props as object };
}
