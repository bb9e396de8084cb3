import { createServer, type Server, type Socket } from "node:net";
import { Writable } from "node:stream";

import type { WebSocket } from "ws";

import { UserError } from "../errors";
import type { Api } from "./api";
import { ask } from "./http";

/** A container of a pod. */
export interface ContainerOf {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What a container has written so far; the last lines alone where `tailLines` says how many. */
export async function logOf(
  { config }: Api,
  { namespace, pod, container }: ContainerOf,
  tailLines?: number,
): Promise<string> {
  const query = new URLSearchParams({ container });
  if (tailLines !== undefined) query.set("tailLines", String(tailLines));
  return ask(config, {
    path: `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query.toString()}`,
  });
}

/** How a command in a container has ended. */
export interface Executed {
  /** Undefined where the connection broke before it was told. */
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

/**
 * Runs a command in a container and gives what it writes to `stdout` as it comes, no faster than that takes
 * it. A signal breaks the connection off.
 */
export async function execIn(
  { config }: Api,
  { namespace, pod, container }: ContainerOf,
  command: readonly string[],
  stdout: Writable,
  signal?: AbortSignal,
): Promise<Executed> {
  const { Exec } = await import("@kubernetes/client-node");
  let stderr = "";
  const complaints = new Writable({
    write: (chunk: Buffer, _, done) => {
      stderr += chunk.toString("utf8");
      done();
    },
  });
  return new Promise((resolve, reject) => {
    let exitCode: number | undefined;
    new Exec(config)
      .exec(namespace, pod, container, [...command], stdout, complaints, null, false, (status) => {
        const cause = status.details?.causes?.find(({ reason }) => reason === "ExitCode");
        exitCode = status.status === "Success" ? 0 : Number(cause?.message ?? 1);
      })
      .then(
        (connection) => {
          holdBack(connection, stdout);
          const stop = (): void => {
            connection.terminate();
          };
          if (signal?.aborted === true) stop();
          signal?.addEventListener("abort", stop);
          connection.on("close", () => {
            signal?.removeEventListener("abort", stop);
            resolve({ exitCode, stderr });
          });
          connection.on("error", reject);
        },
        (error: unknown) => {
          reject(unreachable(`${namespace}/${pod}`, error));
        },
      );
  });
}

/** The library writes without looking: a slow disk would have all of it wait in memory. */
function holdBack(connection: WebSocket, stdout: Writable): void {
  connection.on("message", () => {
    if (!stdout.writableNeedDrain) return;
    connection.pause();
    stdout.once("drain", () => {
      connection.resume();
    });
  });
}

/** A local port that leads to a port of a pod until it is closed. */
export interface Forwarding {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Forwards a free port of the loopback interface to a port of a pod. */
export async function forwardTo(
  { config }: Api,
  {
    namespace,
    pod,
    port,
  }: { readonly namespace: string; readonly pod: string; readonly port: number },
): Promise<Forwarding> {
  const { PortForward } = await import("@kubernetes/client-node");
  const forward = new PortForward(config);
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined); // Whoever asked has gone; the pod's side ends with it.
    forward.portForward(namespace, pod, [port], socket, null, socket).then(
      (given) => {
        const connection = given as WebSocket; // A function is given for a number of retries alone.
        connection.on("close", () => {
          socket.end();
        });
        socket.on("close", () => {
          connection.close();
        });
      },
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        // One that the API server has never answered would keep it open for ever.
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function unreachable(pod: string, error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(`Nothing can be run in pod ${pod}: ${why || "the connection was refused"}.`);
}
