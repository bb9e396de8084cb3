import { on } from "node:events";
import type { IncomingMessage } from "node:http";

import { WebSocket } from "ws";

import { NoAnswer, type Site } from "./http";

/** A WebSocket for as much as a probe needs. */
export interface WebSocketProbe {
  /** Sends a text and gives the first text that comes and is accepted. @throws NoAnswer */
  readonly exchange: (text: string, accepts: (answer: string) => boolean) => Promise<string>;
  readonly close: () => void;
}

/** What became of the request for a socket. */
export type Upgrade =
  | { readonly status: 101; readonly socket: WebSocketProbe }
  | { readonly status: number; readonly body: string };

/** More comes in no message that a probe waits for: the longest is a page. */
const maxPayload = 4 * 2 ** 20;

/** So much of why a socket is refused is enough. */
const mostOfRefusal = 2 ** 16;

/**
 * Asks for a socket, with the very headers that are given. `Origin` among them is why the runtime's own
 * client does not do: it lets nobody say which page it comes from, and that is what is in question.
 *
 * @throws NoAnswer where there is no answer at all
 */
export function upgrade(
  { port, timeoutMs }: Site,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Upgrade> {
  const connection = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, maxPayload });
  return new Promise((resolve, reject) => {
    const fail = ({ message }: Error): void => {
      clearTimeout(clock);
      reject(new NoAnswer(`GET ${path.split("?")[0] ?? ""}: ${message}`));
      connection.terminate();
    };
    const clock = setTimeout(() => {
      fail(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    // It stays for as long as the socket is open: a fault that nobody waits for ends no process.
    connection.on("error", fail);
    connection.on("open", () => {
      clearTimeout(clock);
      resolve({ status: 101, socket: probeOf(connection, timeoutMs) });
    });
    connection.on("unexpected-response", (_, response) => {
      beginningOf(response).then((body) => {
        clearTimeout(clock);
        resolve({ status: response.statusCode ?? 0, body });
        connection.terminate();
      }, fail);
    });
  });
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  let text = "";
  response.setEncoding("utf8");
  for await (const part of response) {
    text += part as string;
    if (text.length >= mostOfRefusal) break;
  }
  return text;
}

function probeOf(connection: WebSocket, timeoutMs: number): WebSocketProbe {
  return {
    exchange: async (text, accepts) => {
      const closed = new NoAnswer("the socket was closed again");
      if (connection.readyState !== WebSocket.OPEN) throw closed;
      const signal = AbortSignal.timeout(timeoutMs);
      const messages = on(connection, "message", { signal, close: ["close"] });
      connection.send(text);
      try {
        for await (const message of messages) {
          const [data, isBinary] = message as [Buffer, boolean];
          const answer = data.toString("utf8");
          if (!isBinary && accepts(answer)) return answer;
        }
      } catch (error) {
        if (signal.aborted) throw new NoAnswer("the socket is open, and nothing comes over it");
        throw new NoAnswer(`the socket broke: ${(error as Error).message}`);
      }
      throw closed;
    },
    close: () => {
      connection.close(1000);
      // The answer to that is of no use, and the library would wait for it for half a minute.
      connection.terminate();
    },
  };
}
