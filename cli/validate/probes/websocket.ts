import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";

import { NoAnswer, type Site } from "./http";

/**
 * A WebSocket for as much as a probe needs: text in one frame each way. The runtime's own client, where
 * there is one, lets nobody say which page it comes from (`Origin`), and that is what is in question.
 */
export interface WebSocketProbe {
  /** Sends a text and gives the first text that comes and is accepted. */
  readonly exchange: (text: string, accepts: (answer: string) => boolean) => Promise<string>;
  readonly close: () => void;
}

/** What became of the request for a socket. */
export type Upgrade =
  | { readonly status: 101; readonly socket: WebSocketProbe }
  | { readonly status: number; readonly body: string };

/** Asks for a socket. @throws NoAnswer where there is no answer at all */
export function upgrade(
  { port, timeoutMs }: Site,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Upgrade> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...{ host: "127.0.0.1", port, path, agent: false },
      headers: {
        ...headers,
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      },
    });
    const clock = setTimeout(() => {
      outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    outgoing.on("upgrade", (_, socket: Socket, head) => {
      clearTimeout(clock);
      resolve({ status: 101, socket: probeOf(socket, head, timeoutMs) });
    });
    outgoing.on("response", (incoming) => {
      clearTimeout(clock);
      let body = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (part: string) => (body += part));
      incoming.on("end", () => {
        resolve({ status: incoming.statusCode ?? 0, body });
      });
    });
    outgoing.on("error", (error) => {
      clearTimeout(clock);
      reject(new NoAnswer(`GET ${path.split("?")[0] ?? ""}: ${error.message}`));
    });
    outgoing.end();
  });
}

function probeOf(socket: Socket, head: Buffer, timeoutMs: number): WebSocketProbe {
  const frames = new FrameReader();
  let waiting: ((frame: Frame | undefined) => void) | undefined;
  const queue: Frame[] = frames.push(head);
  socket.on("data", (part: Buffer) => {
    queue.push(...frames.push(part));
    waiting?.(undefined);
  });
  socket.on("error", () => undefined); // Its end is told by `close`.
  socket.on("close", () => waiting?.({ opcode: opcodes.close, text: "" }));
  const next = async (until: number): Promise<Frame> => {
    for (;;) {
      const frame = queue.shift();
      if (frame !== undefined) return frame;
      if (socket.destroyed) return { opcode: opcodes.close, text: "" };
      await new Promise<void>((resolve, reject) => {
        const clock = setTimeout(
          () => {
            reject(new NoAnswer("the socket is open, and nothing comes over it"));
          },
          Math.max(0, until - Date.now()),
        );
        waiting = (ended) => {
          clearTimeout(clock);
          waiting = undefined;
          if (ended !== undefined) queue.push(ended);
          resolve();
        };
      });
    }
  };
  return {
    exchange: async (text, accepts) => {
      socket.write(frameOf(opcodes.text, text, randomBytes(4)));
      const until = Date.now() + timeoutMs;
      for (;;) {
        const frame = await next(until);
        if (frame.opcode === opcodes.close) throw new NoAnswer("the socket was closed again");
        if (frame.opcode === opcodes.text && accepts(frame.text)) return frame.text;
      }
    },
    close: () => {
      socket.end(frameOf(opcodes.close, "", randomBytes(4)));
      socket.destroy();
    },
  };
}

/** RFC 6455, 5.2. */
export const opcodes = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly opcode: number;
  readonly text: string;
}

/** One final frame; a client has to mask what it sends, and a server must not. */
export function frameOf(opcode: number, text: string, mask?: Buffer): Buffer {
  const payload = Buffer.from(text, "utf8");
  const masked = mask === undefined ? 0 : 0x80;
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, masked | length])
      : length < 65_536
        ? Buffer.from([0x80 | opcode, masked | 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([0x80 | opcode, masked | 127, 0, 0, 0, 0]), word(length)]);
  if (mask === undefined) return Buffer.concat([head, payload]);
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Makes frames of what comes in pieces; the parts of one message are put together. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);
  #begun: Frame | undefined;

  push(part: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, part]);
    const found: Frame[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) {
      const { opcode, text, isFinal } = frame;
      const isPart = opcode === opcodes.continuation;
      const whole: Frame = isPart
        ? { opcode: this.#begun?.opcode ?? 0, text: (this.#begun?.text ?? "") + text }
        : { opcode, text };
      // Control frames come between the parts of a message, and are whole themselves.
      if (!isFinal) this.#begun = whole;
      else found.push(whole);
    }
    return found;
  }

  #take(): (Frame & { readonly isFinal: boolean }) | undefined {
    const rest = this.#rest;
    const [first = 0, second = 0] = rest;
    if (rest.length < 2) return undefined;
    let length = second & 0x7f;
    let at = 2;
    if (length === 126) {
      if (rest.length < 4) return undefined;
      length = rest.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (rest.length < 10) return undefined;
      length = Number(rest.readBigUInt64BE(2));
      at = 10;
    }
    const isMasked = (second & 0x80) !== 0;
    const start = at + (isMasked ? 4 : 0);
    if (rest.length < start + length) return undefined;
    const mask = rest.subarray(at, start);
    const payload = rest.subarray(start, start + length);
    const clear = isMasked ? payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : payload;
    this.#rest = rest.subarray(start + length);
    const text = Buffer.from(clear).toString("utf8");
    return { opcode: first & 0x0f, text, isFinal: (first & 0x80) !== 0 };
  }
}
