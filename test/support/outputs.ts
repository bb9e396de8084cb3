import type * as pulumi from "@pulumi/pulumi";

/** The plain value of an output, secret or not. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
