import { UserError } from "../errors";
import { type Api, apiOf } from "./api";

/** Which cluster. */
export interface Opening {
  /** @default the current context */
  readonly context?: string;
  /** @default the files of KUBECONFIG, else the one in the home folder */
  readonly kubeconfig?: string;
}

/**
 * The API server of a context, by the kubeconfig that kubectl reads too.
 *
 * @throws UserError where the kubeconfig has no such context, with those that it has
 */
export async function openApi({ context, kubeconfig }: Opening = {}): Promise<Api> {
  // Slow to load, and of no use to the other commands.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`The kubeconfig cannot be read: ${why}`, "Set KUBECONFIG.");
  }
  const names = config.getContexts().map(({ name }) => name);
  // Where there is no file at all, the library makes up a context of its own.
  const isMadeUp = names.includes("loaded-context");
  const wanted = context ?? (isMadeUp ? "" : config.currentContext);
  if (isMadeUp || !names.includes(wanted)) {
    throw new UserError(
      wanted === ""
        ? "Your kubeconfig has no current context."
        : `Your kubeconfig has no context "${wanted}".`,
      names.length === 0 || isMadeUp
        ? "Set KUBECONFIG."
        : `It has ${names.join(", ")}: give one with --context.`,
    );
  }
  config.setCurrentContext(wanted);
  return apiOf(config);
}
