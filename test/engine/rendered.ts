import { parse } from "yaml";

import { renderObjects, type Rendering } from "../../cli/render";

export const stacks = ["dev", "staging", "prod"] as const;
export type Stack = (typeof stacks)[number];

/** A Kubernetes object as far as the tests look into it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

const renderings = new Map<string, Promise<Rendering>>();

/** A stack as the real engine renders it; once for all tests of a file. */
export function rendered(stack: Stack, withSecrets = false): Promise<Rendering> {
  const key = `${stack} ${String(withSecrets)}`;
  const rendering = renderings.get(key) ?? renderObjects(stack, { withSecrets });
  renderings.set(key, rendering);
  return rendering;
}

export async function renderedObjects(stack: Stack): Promise<KubernetesObject[]> {
  const { files } = await rendered(stack);
  return files.map(({ text }) => parse(text) as KubernetesObject);
}
