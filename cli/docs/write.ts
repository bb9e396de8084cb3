import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { type KubernetesObject, servicesPage } from "./services";

/** Where the page of services is in a repository. */
export function servicesFile(repository: string): string {
  return join(repository, "docs", "SERVICES.md");
}

/** Writes the page of services from the objects of each stack; tells whether it had to change. */
export function writeServices(
  repository: string,
  stacks: Readonly<Record<string, readonly KubernetesObject[]>>,
): boolean {
  const file = servicesFile(repository);
  const page = servicesPage(stacks);
  if (existsSync(file) && readFileSync(file, "utf8") === page) return false;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
  return true;
}
