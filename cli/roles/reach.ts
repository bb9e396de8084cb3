import { listStacks, readSettings, type Workspace } from "../workspace";

/** What the roles name because it is in no namespace, and so nothing else narrows the right to it. */
export interface Reach {
  readonly stacks: readonly string[];
  /** The namespaces that the stacks make. */
  readonly namespaces: readonly string[];
}

/** As the settings have it; those of systems that are switched off too, because they have to be removed. */
export function reachOf(workspace: Workspace): Reach {
  const stacks = listStacks(workspace);
  const namespaces = stacks.flatMap((stack) => {
    const { thunderline, faultmaven, philotes, telemetry } = readSettings(workspace, stack);
    const single = [thunderline, faultmaven, philotes].map(({ namespace }) => namespace);
    return [...single, ...Object.values(telemetry.namespaces)];
  });
  return { stacks, namespaces: [...new Set(namespaces)].sort() };
}
