import { spawn } from "node:child_process";
import { connect } from "node:http2";

import { guard, killGroup, release } from "./process";

/**
 * Asks a provider of Pulumi for its version, the way the engine does: starts it, reads the port
 * that it prints, calls GetPluginInfo. Its programs have no flag for this that all of them know.
 */
export async function pluginVersion(path: string, timeoutMs = 30_000): Promise<string | undefined> {
  const child = spawn(path, [], { stdio: ["ignore", "pipe", "ignore"], detached: true });
  guard(child.pid);
  const timer = setTimeout(() => {
    killGroup(child.pid);
  }, timeoutMs);
  try {
    const port = await new Promise<number | undefined>((resolve) => {
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        const port = /^\s*(\d+)\s*\n/.exec(text)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
      child.on("error", () => {
        resolve(undefined);
      });
      child.on("close", () => {
        resolve(undefined);
      });
    });
    if (port === undefined) return undefined;
    const reply = await call(port, "/pulumirpc.ResourceProvider/GetPluginInfo");
    return reply && firstString(reply);
  } finally {
    clearTimeout(timer);
    killGroup(child.pid);
    release(child.pid);
  }
}

/** One gRPC call with an empty message; the reply's message, or nothing if it failed. */
async function call(port: number, path: string): Promise<Buffer | undefined> {
  const client = connect(`http://127.0.0.1:${port}`);
  try {
    return await new Promise((resolve) => {
      client.on("error", () => {
        resolve(undefined);
      });
      const stream = client.request({
        ":method": "POST",
        ":path": path,
        "content-type": "application/grpc",
        te: "trailers",
      });
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", () => {
        resolve(undefined);
      });
      // A frame starts with a byte for compression and four for the length.
      stream.on("end", () => {
        resolve(Buffer.concat(chunks).subarray(5));
      });
      stream.end(Buffer.alloc(5));
    });
  } finally {
    client.destroy();
  }
}

/** The string with field number 1 of a protocol buffer that starts with it and is short. */
export function firstString(message: Buffer): string | undefined {
  const [tag, length] = message;
  if (tag !== 0x0a || length === undefined) return undefined;
  return message.subarray(2, 2 + length).toString("utf8");
}
