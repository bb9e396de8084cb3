import { setTimeout as sleep } from "node:timers/promises";

import type { Kubectl } from "../cluster";
import { UserError } from "../errors";
import { ChildFailure } from "../process";
import type { Progress } from "../toolchain/progress";
import { helmMarks, type KubernetesObject } from "./objects";

/** Where an adoption works. */
export interface Site {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly progress: Progress;
}

/** `deployment.v1.apps/web`, as kubectl takes it. */
export function addressOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : [undefined];
  const resource = kind.toLowerCase();
  return `${group === undefined ? resource : `${resource}.${version ?? ""}.${group}`}/${metadata.name}`;
}

/** Those of some objects that are there, as they are now. */
export async function current(
  { kubectl, namespace }: Site,
  objects: readonly KubernetesObject[],
): Promise<readonly KubernetesObject[]> {
  if (objects.length === 0) return [];
  const answer = await kubectl([
    ...["get", ...objects.map(addressOf), "--namespace", namespace],
    ...["--ignore-not-found", "--output", "json"],
  ]);
  if (answer.trim() === "") return [];
  const read = JSON.parse(answer) as KubernetesObject & {
    readonly items?: readonly KubernetesObject[];
  };
  return read.kind === "List" ? (read.items ?? []) : [read];
}

const presentTemplate = `{{define "one"}}{{.apiVersion}} {{.kind}} {{.metadata.name}} {{with .metadata.labels}}{{with index . "${helmMarks.label}"}}{{.}}{{end}}{{end}}{{"\\n"}}{{end}}{{if .items}}{{range .items}}{{template "one" .}}{{end}}{{else if .metadata.name}}{{template "one" .}}{{end}}`;

/**
 * Those of some objects that are there, by kind, name and whose they are. Nothing else is asked for: some
 * are Secrets. A kind that the cluster does not serve has none.
 */
export async function objectsThere(
  kubectl: Kubectl,
  namespace: string,
  objects: readonly KubernetesObject[],
): Promise<readonly KubernetesObject[]> {
  const answers: string[] = [];
  // Each kind alone: one that is not served spoils the answer for all others.
  for (const kind of new Set(objects.map((it) => `${it.apiVersion} ${it.kind}`))) {
    const wanted = objects.filter((it) => `${it.apiVersion} ${it.kind}` === kind);
    try {
      const names = wanted.map(addressOf);
      const args = ["get", ...names, "--namespace", namespace, "--ignore-not-found"];
      answers.push(await kubectl([...args, `--output=go-template=${presentTemplate}`]));
    } catch (error) {
      const said = error instanceof ChildFailure ? error.output : String(error);
      if (!/doesn't have a resource type|no matches for kind/.test(said)) throw error;
    }
  }
  const lines = answers.flatMap((text) => text.split("\n")).filter((line) => line !== "");
  return lines.map((line) => {
    const [apiVersion = "", kind = "", name = "", manager = ""] = line.split(" ");
    const labels = manager === "" ? {} : { [helmMarks.label]: manager };
    return { apiVersion, kind, metadata: { name, namespace, labels } };
  });
}

/** Changes fields of an object; null takes one away. */
export async function patch(
  { kubectl, namespace }: Pick<Site, "kubectl" | "namespace">,
  object: KubernetesObject,
  change: unknown,
): Promise<void> {
  await kubectl([
    ...["patch", addressOf(object), "--namespace", namespace, "--type=merge"],
    ...["--patch", JSON.stringify(change)],
  ]);
}

const pollMs = 500;

/**
 * Waits until something on the cluster is so.
 *
 * @throws UserError after `seconds`, with what it still waits for
 */
export async function until(
  what: string,
  seconds: number,
  waiting: () => Promise<readonly string[]>,
): Promise<void> {
  for (const end = Date.now() + seconds * 1000; ;) {
    const left = await waiting();
    if (left.length === 0) return;
    if (Date.now() > end) {
      throw new UserError(
        `${what}: after ${String(seconds)} seconds there is still ${left.join(", ")}.`,
        "Look at them (kubectl describe), then run the same command again: what is done is not done twice.",
      );
    }
    await sleep(pollMs);
  }
}
