import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { parseBytes } from "../../config/quantity";

/** A key of a Secret, its public generation, and what has to exist before a pod can read it. */
export interface SecretRef {
  readonly kind: "secret";
  readonly secretName: string;
  readonly key: string;
  readonly rotation: number;
  /** What it is put together around, without the secret: readers roll when that changes. */
  readonly around?: string | undefined;
  readonly ready: readonly pulumi.Resource[];
}

/** One value of a secret, and which one it is: 1 is the first. */
export interface Generation {
  readonly number: number;
  readonly text: pulumi.Output<string>;
}

/** Text that holds a secret, for putting together another one. */
export interface SecretText {
  /** All values that are declared, never none; the last one is current, and pods may have been started with the others. */
  readonly generations: readonly Generation[];
  /** The public number of the current one. Of a value that is given it rises while the value stays the first. */
  readonly rotation: number;
  /** The text without the secret: an address without its password, say. */
  readonly around?: string | undefined;
}

/** The same secret with a text around it, in all its generations. */
export function surrounded(
  { generations, rotation }: SecretText,
  start: string,
  end: string,
): SecretText {
  return {
    generations: generations.map(({ number, text }) => ({
      number,
      text: pulumi.interpolate`${start}${text}${end}`,
    })),
    rotation,
    around: start + end,
  };
}

/** The key of a generation in its Secret: the first has the secret's own name, so that rotating only adds keys. */
export function generationKey(key: string, number: number): string {
  return number === 1 ? key : `${key}-${String(number)}`;
}

/** A field of the pod itself, such as `status.podIP`. */
export interface FieldRef {
  readonly kind: "field";
  readonly fieldPath: string;
}

/** Text in which `$(NAME)` stands for another variable of the container; Kubernetes puts it in. */
export interface Template {
  readonly kind: "template";
  readonly text: string;
}

/** The value of a variable. An `Output` is none of these on purpose: it could carry a secret into a pod's spec. */
export type EnvValue = string | SecretRef | FieldRef | Template;

export type Env = Readonly<Record<string, EnvValue>>;

export function podField(fieldPath: string): FieldRef {
  return { kind: "field", fieldPath };
}

export function template(text: string): Template {
  return { kind: "template", text };
}

/** The variables in a stable order. Templates come last: they see only what stands before them. */
export function envVars(env: Env): k8s.types.input.core.v1.EnvVar[] {
  const entries = Object.entries(env).sort(
    ([nameA, a], [nameB, b]) =>
      Number(isTemplate(a)) - Number(isTemplate(b)) || (nameA < nameB ? -1 : 1),
  );
  return entries.map(([name, value]) => ({ name, ...envSource(value) }));
}

function envSource(value: EnvValue): Omit<k8s.types.input.core.v1.EnvVar, "name"> {
  // Kubernetes makes one of two dollar signs, whatever follows them; in a replacement "$$$$" means two.
  if (typeof value === "string") return { value: value.replaceAll("$", "$$$$") };
  switch (value.kind) {
    case "secret":
      return { valueFrom: { secretKeyRef: { name: value.secretName, key: value.key } } };
    case "field":
      return { valueFrom: { fieldRef: { fieldPath: value.fieldPath } } };
    case "template":
      return { value: value.text };
  }
}

/** The secrets among the values of `env`. */
export function secretsOf(env: Env): SecretRef[] {
  return Object.values(env).filter(
    (value): value is SecretRef => typeof value === "object" && value.kind === "secret",
  );
}

function isTemplate(value: EnvValue): boolean {
  return typeof value === "object" && value.kind === "template";
}

/** Four fifths of a memory limit in the notation of the Go runtime, which does not see the limit by itself. */
export function goMemoryLimit(limit: string): string {
  const bytes = parseBytes(limit) ?? 0;
  return `${String(Math.floor((bytes * 0.8) / 2 ** 20))}MiB`;
}
