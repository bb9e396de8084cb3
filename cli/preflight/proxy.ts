import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { guard, killGroup, release } from "../toolchain/process";
import { Unchecked } from "./model";

/** A request to the API server. */
export interface Question {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly accept?: string;
  readonly body?: unknown;
}

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** @throws Unchecked where no answer comes in time */
export type Ask = (question: Question) => Promise<Answer>;

/** Whose identity asks which cluster. */
export interface ProxyOptions {
  /** The program. */
  readonly kubectl: string;
  readonly context: string;
  /** @default the user's own, as kubectl finds it */
  readonly kubeconfig?: string | undefined;
  /** For one answer, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Asks the API server as the identity of a kubeconfig. kubectl itself signs the requests, so that
 * every way to log in that it knows counts; it listens on a socket in a folder of our own, where
 * nobody else on the machine can borrow the identity.
 *
 * @throws Unchecked where kubectl cannot use the context
 */
export async function withProxy<T>(
  { kubectl, context, kubeconfig, timeoutMs }: ProxyOptions,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  // The path of a socket may have 104 characters on some systems.
  const folder = mkdtempSync(join(tmpdir(), "platform-api-"));
  const socketPath = join(folder, "api");
  const env = kubeconfig === undefined ? process.env : { ...process.env, KUBECONFIG: kubeconfig };
  const args = ["proxy", "--context", context, "--unix-socket", socketPath];
  // With a group of its own it dies with this process, and so does what it runs to log in.
  const child = spawn(kubectl, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  guard(child.pid);
  const end = (): void => {
    killGroup(child.pid);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on("exit", end);
  try {
    await new Promise<void>((resolve, reject) => {
      let said = "";
      const listen = (text: string): void => {
        said += text;
        if (said.includes("Starting to serve")) resolve();
      };
      child.stdout.setEncoding("utf8").on("data", listen);
      child.stderr.setEncoding("utf8").on("data", listen);
      child.on("error", reject);
      child.on("close", () => {
        reject(new Unchecked(`kubectl cannot use the context ${context}: ${said.trim()}`));
      });
    });
    return await work((question) => send(question, socketPath, timeoutMs));
  } finally {
    process.off("exit", end);
    end();
    release(child.pid);
  }
}

function send(
  { method, path, accept = "application/json", body }: Question,
  socketPath: string,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = `The API server has not answered within ${timeoutMs / 1000} s.`;
    const fail = (error: Error): void => {
      const aborted = error.name === "AbortError" || error.name === "TimeoutError";
      reject(new Unchecked(aborted ? late : error.message));
    };
    const sent = request(
      {
        ...{ socketPath, method, path, signal: AbortSignal.timeout(timeoutMs) },
        // kubectl answers those alone who think that they talk to this machine.
        headers: { host: "localhost", accept, "content-type": "application/json" },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("error", fail);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      },
    );
    sent.on("error", fail);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
