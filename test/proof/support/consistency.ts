import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { ensureToolchain } from "../../../cli/toolchain";
import { pulumi, withTemporaryFolder } from "../../../cli/workspace";
import type { Checkout } from "./checkout";

/** An object of the cluster, with every field. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly manager?: string }[];
    readonly ownerReferences?: readonly unknown[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** A resource of the state, its secrets in clear: kept in memory alone. */
interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly outputs?: { readonly result?: Secret };
}

interface Secret {
  readonly plaintext?: string;
}

interface Exported {
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly { readonly resource: { readonly urn: string } }[];
  };
}

/** The state and the cluster side by side. */
export interface Standing {
  /** What we made on the cluster and the state does not know. */
  readonly orphans: readonly string[];
  /** What the state knows and the cluster has not. */
  readonly missing: readonly string[];
  /** What is in the state twice: the same name, or the same object under two names. */
  readonly duplicates: readonly string[];
  /** What pulumi would warn of in each update that follows. */
  readonly pending: readonly string[];
  /** Passwords of the state that no Secret has. */
  readonly unused: readonly string[];
  /** How many the state has. */
  readonly resources: number;
  /** All objects that we made, by kind and name, with the id that they keep for life. */
  readonly objects: Readonly<Record<string, string>>;
  /** The values in Secrets that we made: `Secret demo/db password`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The values of the passwords in the state, in order. */
  readonly passwords: readonly string[];
}

/** What a state and its cluster look like where nothing went wrong. */
export const sound = { orphans: [], missing: [], duplicates: [], pending: [], unused: [] };

/** Compares the state of a checkout's stack with its cluster, object by object. */
export async function standingOf(checkout: Checkout): Promise<Standing> {
  const [{ deployment }, live] = await Promise.all([exportState(checkout), liveObjects(checkout)]);
  const resources = deployment.resources ?? [];
  const kubernetes = resources.filter(
    ({ type, id }) => /^kubernetes:[^:]+\/[^:]+:/.test(type) && id !== undefined,
  );
  const declared = kubernetes.map(({ type, id = "" }) => `${kindOf(type)} ${id}`);
  const ours = live.filter(isOurs);
  const present = ours.map(nameOf);
  const secrets = secretValues(ours);
  const passwords = resources
    .filter(({ type }) => type.startsWith("random:"))
    .map(({ outputs }) => JSON.parse(outputs?.result?.plaintext ?? '""') as string);
  const values = Object.values(secrets);
  return {
    orphans: present.filter((name) => !declared.includes(name)).sort(),
    missing: declared.filter((name) => !present.includes(name)).sort(),
    duplicates: [...repeated(resources.map(({ urn }) => urn)), ...repeated(declared)],
    pending: (deployment.pending_operations ?? []).map(({ resource }) => resource.urn),
    unused: resources
      .filter(({ type }) => type.startsWith("random:"))
      .filter((_, i) => !values.some((value) => value.includes(passwords[i] ?? "\0")))
      .map(({ urn }) => urn),
    resources: resources.length,
    objects: Object.fromEntries(
      ours.map((object) => [nameOf(object), object.metadata.uid] as const).sort(byName),
    ),
    secrets,
    passwords: [...passwords].sort(),
  };
}

/** What is no object, although it is listed like one: what happened, and what pods use. */
const noObjects = /^events|\.metrics\.k8s\.io$/;

/** Every object of every kind that the cluster serves. */
export async function liveObjects(checkout: Checkout): Promise<readonly LiveObject[]> {
  const kinds = await checkout.kubectl("api-resources", "--verbs=list", "--output=name");
  const all = kinds.split("\n").filter((kind) => kind !== "" && !noObjects.test(kind));
  const answer = await checkout.kubectl(
    ...["get", all.join(","), "--all-namespaces", "--output=json", "--show-managed-fields"],
  );
  return (JSON.parse(answer) as { items: LiveObject[] }).items;
}

/** By our label, or by who has set its fields; what controllers make of it has an owner. */
function isOurs({ kind, metadata }: LiveObject): boolean {
  // The controller gives it the labels of its Service and no owner.
  if (kind === "Endpoints") return false;
  const labelled = metadata.labels?.["app.kubernetes.io/managed-by"] === "pulumi";
  const set = metadata.managedFields?.some(({ manager }) => manager?.startsWith("pulumi-"));
  return set === true || (labelled && metadata.ownerReferences === undefined);
}

/** The values in Secrets, in clear. */
function secretValues(objects: readonly LiveObject[]): Record<string, string> {
  return Object.fromEntries(
    objects
      .filter(({ kind }) => kind === "Secret")
      .flatMap((secret) =>
        Object.entries(secret.data ?? {}).map(([key, value]) => [
          `${nameOf(secret)} ${key}`,
          Buffer.from(value, "base64").toString("utf8"),
        ]),
      ),
  );
}

/**
 * The state, secrets in clear. It goes through the memory of two processes and into no file. It is read from a
 * copy, without what a killed update may have left beside it: that is for the next command to deal with.
 */
async function exportState({ workspace, stack }: Checkout): Promise<Exported> {
  const engine = await ensureToolchain();
  return withTemporaryFolder(workspace, async (tmp) => {
    const copy = join(tmp, "state");
    cpSync(join(workspace.state, ".pulumi", "stacks"), join(copy, ".pulumi", "stacks"), {
      recursive: true,
      filter: (path) => !/\.(attrs|tmp)$/.test(path),
    });
    const backend = pathToFileURL(copy).href;
    const args = ["stack", "export", "--stack", stack, "--show-secrets"];
    const { stdout } = await pulumi({ workspace, engine, tmp, backend }, args);
    return JSON.parse(stdout) as Exported;
  });
}

/** `Deployment` of `kubernetes:apps/v1:Deployment`. */
function kindOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

function nameOf({ kind, metadata: { name, namespace } }: LiveObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

/** Takes all that we made off the cluster, and forgets the state: the next update starts from nothing. */
export async function startOver(checkout: Checkout): Promise<void> {
  const of = "--selector=app.kubernetes.io/managed-by=pulumi";
  const found = await checkout.kubectl("get", "namespaces", of, "--output=name");
  for (const name of found.split("\n").filter((line) => line !== "")) {
    const all = ["--all", `--namespace=${name.replace("namespace/", "")}`];
    // Nobody is to wait for pods that say goodbye.
    const owners = "deployments,statefulsets,jobs,replicasets";
    await checkout.kubectl("delete", owners, ...all, "--cascade=orphan");
    await checkout.kubectl("delete", "pods", ...all, "--grace-period=0", "--force");
    await checkout.kubectl("delete", name);
  }
  // What is in no namespace.
  const left = (await liveObjects(checkout)).filter(isOurs);
  const names = left.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`);
  if (names.length > 0) await checkout.kubectl("delete", ...names);
  const { state, stacks } = checkout.workspace;
  for (const folder of [state, stacks]) rmSync(folder, { recursive: true, force: true });
}
