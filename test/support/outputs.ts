import type * as pulumi from "@pulumi/pulumi";

import type { SecretText } from "../../components/kubernetes/env";

/** The plain value of an output, secret or not. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** A secret's text in the clear: that of its generations by their numbers, and what is public of it. */
export async function textOf(secret: SecretText | undefined): Promise<unknown> {
  if (secret === undefined) return undefined;
  const { generations, ...others } = secret;
  const texts = generations.map(async ({ number, text }) => [number, await valueOf(text)]);
  return { ...others, texts: Object.fromEntries(await Promise.all(texts)) as unknown };
}
