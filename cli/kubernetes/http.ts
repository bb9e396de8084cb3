import { request as requestHttp, type IncomingMessage } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";

import type { KubeConfig } from "@kubernetes/client-node";

import { UserError } from "../errors";

/** One question to an API server. */
export interface Question {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** @default "application/json" */
  readonly contentType?: string;
}

/** What the API server refuses, with its own words and its code. */
export class ApiFault extends UserError {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    hint?: string,
  ) {
    super(message, hint);
    this.name = "ApiFault";
  }
}

const timeoutMs = 30_000;

/**
 * Asks an API server, and gives its answer as it is. The library's own client drops fields of objects
 * that are newer than it, which a backup must not lose, and makes objects of times.
 *
 * @throws ApiFault where it refuses
 * @throws UserError where it does not answer, or cannot be asked
 */
export async function ask(config: KubeConfig, question: Question): Promise<string> {
  const { method = "GET", path, body, contentType = "application/json" } = question;
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new UserError(`Context "${config.currentContext}" has no cluster in the kubeconfig.`);
  }
  const url = addressOf(cluster.server, path, config.currentContext);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const options: RequestOptions = {
    method,
    headers: {
      Accept: "application/json",
      ...(text === undefined
        ? {}
        : { "Content-Type": contentType, "Content-Length": Buffer.byteLength(text) }),
    },
    timeout: timeoutMs,
  };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw unusable(config.currentContext, error as Error);
  }
  const { status, answer } = await exchange(url, options, text);
  if (status >= 200 && status < 300) return answer;
  throw faultOf(status, answer, question, config.currentContext);
}

/**
 * Asks for JSON.
 *
 * @throws UserError where the answer is none
 */
export async function askJson(config: KubeConfig, question: Question): Promise<unknown> {
  const answer = await ask(config, question);
  try {
    return JSON.parse(answer) as unknown;
  } catch {
    const { method = "GET", path } = question;
    throw new UserError(
      `${method} ${path} was answered with something that is no JSON.`,
      "Does a proxy on the way answer in place of the API server?",
    );
  }
}

function addressOf(server: string, path: string, context: string): URL {
  const text = server.replace(/\/$/, "") + path;
  // A host and a port without a scheme would be read as a scheme.
  if (/^https?:/.test(text) && URL.canParse(text)) return new URL(text);
  throw new UserError(
    `The server of context ${context} is no address: "${server}".`,
    "In the kubeconfig it has to be like https://kubernetes.example.com:6443.",
  );
}

function unusable(context: string, { name, message }: Error): UserError {
  // What a plugin has written and nobody can read may be a token, and such a fault cites it.
  const why = name === "SyntaxError" ? "its credential plugin writes no JSON" : message.trim();
  return new UserError(
    `Context ${context} cannot be used: ${(why || "its credential plugin has failed").replace(/\.$/, "")}.`,
    "Are you signed in, and is there all that it names in the kubeconfig: plugin, certificates?",
  );
}

function exchange(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<{ status: number; answer: string }> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const fail = (error: NodeJS.ErrnoException): void => {
      const why = error.message || (error.code ?? "no connection");
      reject(
        new UserError(
          `The API server at ${url.origin} does not answer: ${why}.`,
          "Is that the right context, and does the way to it (VPN, tunnel) stand?",
        ),
      );
    };
    const outgoing = send(url, options, (incoming: IncomingMessage) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.on("error", fail);
      incoming.on("end", () => {
        const answer = Buffer.concat(parts).toString("utf8");
        resolve({ status: incoming.statusCode ?? 0, answer });
      });
    });
    outgoing.on("timeout", () => {
      outgoing.destroy(new Error(`no answer within ${String(timeoutMs / 1000)} s`));
    });
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}

function faultOf(
  status: number,
  answer: string,
  { method = "GET", path }: Question,
  context: string,
): ApiFault {
  const { message, reason } = statusIn(answer);
  const said = message ?? `${method} ${path} was answered with ${String(status)}`;
  if (status === 401) {
    const hint = `The credentials of context ${context} are not taken: renew them.`;
    return new ApiFault(status, reason ?? "Unauthorized", said, hint);
  }
  if (status === 403) {
    const hint = `The identity of context ${context} lacks this right.`;
    return new ApiFault(status, reason ?? "Forbidden", said, hint);
  }
  return new ApiFault(status, reason ?? "Unknown", said);
}

function statusIn(answer: string): { readonly message?: string; readonly reason?: string } {
  try {
    return JSON.parse(answer) as { message?: string; reason?: string };
  } catch {
    return {}; // A proxy on the way speaks no JSON.
  }
}
