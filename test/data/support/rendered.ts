import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import type { Environment } from "../../../config/environment";
import type { Container, EnvVar, Kind, Manifests } from "../../support/manifests";

const golden = join(__dirname, "..", "..", "golden");

/**
 * An object of a stack, from the files that the golden test holds against what the engine renders. The
 * name of a job goes without the hash at its end.
 */
export function rendered<K extends Kind>(
  environment: Environment,
  system: string,
  kind: K,
  name: string,
): Manifests[K] {
  const folder = join(golden, environment, system);
  const start = `${kind.toLowerCase()}.${name}`;
  const end = kind === "Job" ? /^-[0-9a-f]{10}\.yaml$/ : /^\.yaml$/;
  const [file, ...others] = readdirSync(folder).filter(
    (one) => one.startsWith(start) && end.test(one.slice(start.length)),
  );
  if (file === undefined || others.length > 0) {
    throw new Error(`not one file ${start} in ${system}`);
  }
  return parse(readFileSync(join(folder, file), "utf8")) as Manifests[K];
}

/** The only container of a rendered pod. */
export function containerOf({ spec }: Manifests["Deployment" | "Job" | "StatefulSet"]): Container {
  const [container, ...others] = spec.template.spec.containers;
  if (container === undefined || others.length > 0) throw new Error("not one container");
  return container;
}

/**
 * The variables of a container, those from Secrets with the values given here by `secret.key`. What is
 * written `$(NAME)` is the value of a variable before it, as in a pod.
 */
export function environmentOf(
  container: Container,
  secrets: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const value = ({ name, value: said, valueFrom }: EnvVar): string => {
    const key = `${valueFrom?.secretKeyRef?.name ?? ""}.${valueFrom?.secretKeyRef?.key ?? ""}`;
    const found = said ?? secrets[key];
    if (found === undefined) throw new Error(`${name ?? ""} has no value for ${key}`);
    return found;
  };
  const variables: Record<string, string> = {};
  for (const one of container.env ?? []) {
    variables[one.name ?? ""] = value(one).replace(
      /\$\((\w+)\)/g,
      (text, name: string) => variables[name] ?? text,
    );
  }
  return variables;
}

/** The path that all probes of a container ask. */
export function probePath({ startupProbe, readinessProbe, livenessProbe }: Container): string {
  const paths = [startupProbe, readinessProbe, livenessProbe].map((one) => one?.httpGet?.path);
  const [path] = new Set(paths);
  if (path === undefined || new Set(paths).size !== 1) throw new Error("not one path of probes");
  return path;
}

/** Replaces a text that is there; the rest stays as rendered. */
export function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [from, to] of Object.entries(changes)) {
    if (!result.includes(from)) throw new Error(`nothing says ${from}`);
    result = result.replaceAll(from, to);
  }
  return result;
}

/** The same for several texts, among which each change is wanted at least once. */
export function allReplaced<T extends readonly string[] | Readonly<Record<string, string>>>(
  texts: T,
  changes: Readonly<Record<string, string>>,
): T {
  return JSON.parse(replaced(JSON.stringify(texts), changes)) as T;
}

/** Writes files, by their names, into a folder of their own. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
