import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { type WebSocket, WebSocketServer } from "ws";

import type { KubernetesObject } from "../../../cli/kubernetes";
import type { Finding } from "../../../cli/preflight/model";
import { Live } from "../../../cli/validate/live";
import type { ValidationContext } from "../../../cli/validate/model";
import type { Site } from "../../../cli/validate/probes/http";
import { type FakeApi, fakeApi } from "../../support/fake-api";

export const now = new Date("2026-11-30T12:00:00Z");
export const minute = 60_000;
export const again = "npm run apply -- --stack acme --refresh";

/** A time so many minutes before the tests' own. */
export const minutesAgo = (minutes: number): string =>
  new Date(now.getTime() - minutes * minute).toISOString();

/** Any object of the namespace of the tests, which passes for the type that the check takes. */
export function object(kind: string, name: string, fields: object = {}, apiVersion = "v1"): never {
  const { metadata = {}, ...rest } = fields as { metadata?: object };
  const whole = { apiVersion, kind, metadata: { name, namespace: "acme", ...metadata }, ...rest };
  return whole as never;
}

export const statusOf = ({ status, evidence }: Finding): string => `${status}: ${evidence}`;
export const textOf = ({ status, subject, evidence }: Finding): string =>
  `${status}: ${subject}: ${evidence}`;

/** Everything that a check may look at, on a cluster in memory. */
export function contextOf(
  declared: readonly KubernetesObject[],
  live: readonly KubernetesObject[],
  changes: Partial<ValidationContext> = {},
): ValidationContext & { readonly api: FakeApi } {
  const api = fakeApi(live);
  return {
    ...{ stack: "acme", declared, simulated: false, writes: false, again, now },
    ...{ windowMs: 10 * minute, timeoutMs: 2000 },
    live: new Live(api, ["acme"]),
    record: (_what, _why, work) => work(),
    forward: async () => {
      throw new Error("nothing is forwarded");
    },
    ...changes,
    api,
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** How a server answers the request for a socket: a status that refuses, or what it says to each text. */
export type SocketHandler = (
  request: IncomingMessage,
) => number | ((text: string, connection: WebSocket) => readonly string[]);

/** A server on the loopback interface. */
export interface LocalServer extends Site {
  readonly stop: () => Promise<void>;
}

export async function serve(handle: Handler, onSocket?: SocketHandler): Promise<LocalServer> {
  const sockets = new WebSocketServer({ noServer: true });
  const server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (body += part));
    request.on("end", () => {
      handle(request, response, body);
    });
  });
  const accept = (onRequest: SocketHandler): void => {
    server.on("upgrade", (request, socket, head) => {
      const answer = onRequest(request);
      if (typeof answer === "number") {
        socket.end(`HTTP/1.1 ${String(answer)} Refused\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (connection) => {
        connection.on("message", (data: Buffer) => {
          for (const said of answer(data.toString("utf8"), connection)) connection.send(said);
        });
      });
    });
  };
  if (onSocket !== undefined) accept(onSocket);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    timeoutMs: 2000,
    logs: "kubectl -n acme logs web-1",
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        // The server has let go of a connection that has become a socket.
        for (const connection of sockets.clients) connection.terminate();
        server.close(() => {
          resolve();
        });
      }),
  };
}
