import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { UserError } from "../errors";
import type { Workspace } from "./workspace";

const stackFile = /^Pulumi\.(.+)\.yaml$/;

/** The names of the stacks that have a file in the repository, in order. */
export function listStacks({ repository }: Workspace): string[] {
  return readdirSync(repository)
    .map((name) => stackFile.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

/** Refuses, in words, a stack that has no file. */
export function requireStack(workspace: Workspace, stack: string): string {
  const stacks = listStacks(workspace);
  if (stacks.includes(stack)) return stack;
  const known = stacks.length === 0 ? "there is none yet" : `there are ${stacks.join(", ")}`;
  throw new UserError(
    `There is no stack "${stack}".`,
    `A stack is a file Pulumi.<stack>.yaml beside Pulumi.yaml; ${known}.`,
  );
}

/** The committed stack file's text. */
export function readStackFile({ repository }: Workspace, stack: string): string {
  return readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8");
}

/** The project's name, under which its stacks are kept. */
export function projectName({ repository }: Workspace): string {
  const { name } = parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8")) as {
    name?: unknown;
  };
  if (typeof name === "string") return name;
  throw new UserError("Pulumi.yaml has no name.", "Add a line `name: platform`.");
}
