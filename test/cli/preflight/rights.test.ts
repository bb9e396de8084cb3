/**
 * What preflight asks the API server to allow, against the role of whoever applies. That the server
 * answers as the role says, test/cluster/preflight shows; here a review is answered from its rules.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { ClusterClient } from "../../../cli/preflight/cluster";
import { type PreflightContext, Unchecked } from "../../../cli/preflight/model";
import type { StackObject } from "../../../cli/preflight/objects";
import type { Question } from "../../../cli/preflight/proxy";
import { rights } from "../../../cli/preflight/rights";
import { clusterKinds, deployer, namespacedKinds, reachOf, type Rule } from "../../../cli/roles";
import { listStacks, openWorkspace } from "../../../cli/workspace";

interface Wanted {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly verb: string;
}

const workspace = openWorkspace();
const role = deployer(reachOf(workspace));
const rules: readonly Rule[] = [...role.namespaced, ...role.cluster];

function allowed({ group, resource, subresource, name, verb }: Wanted, by: readonly Rule[]) {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return by.some(
    (rule) =>
      rule.group === group &&
      rule.resources.includes(what) &&
      rule.verbs.includes(verb) &&
      (rule.names === undefined || (name !== undefined && rule.names.includes(name))),
  );
}

/** An API server that serves all kinds of the program and answers reviews of rights by these rules. */
function clientBy(by: readonly Rule[]): ClusterClient {
  const kinds = [
    ...namespacedKinds.map((one) => ({ ...one, namespaced: true })),
    ...clusterKinds.map((one) => ({ ...one, namespaced: false })),
  ];
  return new ClusterClient(({ path, method, body }: Question) => {
    const resources = kinds.map(({ kind, resource, namespaced }) => ({
      ...{ kind, name: resource, namespaced },
    }));
    const { spec } = (body ?? {}) as { spec?: { resourceAttributes: Wanted } };
    const answer =
      method === "POST" && spec !== undefined
        ? { status: { allowed: allowed(spec.resourceAttributes, by) } }
        : { path, resources };
    return Promise.resolve({ status: 200, headers: {}, text: JSON.stringify(answer) });
  });
}

async function missing(objects: readonly StackObject[], by: readonly Rule[]): Promise<string[]> {
  const client = clientBy(by);
  const context = {
    objects,
    cluster: () => client,
    plan: () => {
      throw new Unchecked("there is no plan, so that all objects are asked for");
    },
  };
  const found = await rights(context as unknown as PreflightContext);
  return found
    .filter(({ status }) => status !== "passed")
    .map(({ subject, evidence }) => `${subject}: ${evidence}`);
}

function golden(stack: string): StackObject[] {
  const folder = join(workspace.repository, "test/golden", stack);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".yaml"))
    .map((path) => parse(readFileSync(join(folder, path), "utf8")) as StackObject);
}

describe("the rights that preflight asks for", () => {
  it.each(listStacks(workspace))("are the deployer's, all of them: stack %s", async (stack) => {
    expect(await missing(golden(stack), rules)).toEqual([]);
  });

  it.each(["Namespace", "ClusterRole"])(
    "are asked for by name where the object is in no namespace: %s",
    async (kind) => {
      const objects = golden("dev").filter((object) => object.kind === kind);
      const renamed = objects.map((object) => ({
        ...object,
        metadata: { ...object.metadata, name: "somebody-elses" },
      }));
      expect(await missing(renamed, rules)).toEqual([
        expect.stringMatching(/the identity may not (get, )?create, patch, delete in the cluster$/),
      ]);
    },
  );
});
