import type { Writable } from "node:stream";

import { type Api, type ContainerOf, execIn, type Executed, logOf } from "../kubernetes";

/** What a backup asks of containers. */
export interface Containers {
  readonly log: (container: ContainerOf) => Promise<string>;
  readonly exec: (
    container: ContainerOf,
    command: readonly string[],
    stdout: Writable,
    signal: AbortSignal,
  ) => Promise<Executed>;
}

/** No more of a log than its end is of use. */
const lines = 20;

/** By the API server, as kubectl does. */
export function containersOf(api: Api): Containers {
  return {
    log: (container) => logOf(api, container, lines),
    exec: (container, command, stdout, signal) => execIn(api, container, command, stdout, signal),
  };
}
