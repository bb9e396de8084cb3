import { parse, stringify } from "yaml";

interface Kubeconfig {
  readonly contexts: readonly { readonly name: string; readonly context: unknown }[];
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly [field: string]: unknown;
}

/** A kubeconfig whose only context has another name, and is the current one. */
export function renameContext(kubeconfig: string, name: string): string {
  const config = parse(kubeconfig) as Kubeconfig;
  const [only, ...others] = config.contexts;
  if (only === undefined || others.length > 0) {
    throw new Error(
      `Expected one context in kwokctl's kubeconfig, found ${config.contexts.length}.`,
    );
  }
  return stringify({ ...config, contexts: [{ ...only, name }], "current-context": name });
}

/** The address of the API server. */
export function serverOf(kubeconfig: string): string | undefined {
  return (parse(kubeconfig) as Kubeconfig).clusters[0]?.cluster.server;
}
