import { type IncomingHttpHeaders, request } from "node:http";

/** A program was asked, and gave no answer that is one of HTTP. */
export class NoAnswer extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NoAnswer";
  }
}

/** A port of this machine that leads to a program. */
export interface Site {
  readonly port: number;
  /** How long an answer may take. */
  readonly timeoutMs: number;
  /** The command that shows what the program says of itself. */
  readonly logs: string;
}

export interface Question {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly ms: number;
}

/** More is no page that a probe looks at. */
const mostBytes = 4 * 2 ** 20;

/**
 * Asks a program over HTTP, with the very headers that are given, `Host` among them.
 *
 * @throws NoAnswer where the connection is refused or breaks, or the time is over
 */
export function ask({ port, timeoutMs }: Site, question: Question): Promise<Answer> {
  const { method = "GET", path, headers = {}, body } = question;
  const begun = Date.now();
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      reject(new NoAnswer(`${method} ${path}: ${why}`));
    };
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, agent: false, headers: { ...headers } },
      (incoming) => {
        const parts: Buffer[] = [];
        let size = 0;
        incoming.on("data", (part: Buffer) => {
          size += part.length;
          if (size > mostBytes) outgoing.destroy(new Error("the answer has no end"));
          else parts.push(part);
        });
        incoming.on("error", (error) => {
          fail(error.message);
        });
        incoming.on("end", () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(parts).toString("utf8"),
            ms: Date.now() - begun,
          });
        });
      },
    );
    const clock = setTimeout(() => {
      outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    outgoing.on("error", (error) => {
      fail(error.message);
    });
    outgoing.on("close", () => {
      clearTimeout(clock);
    });
    outgoing.end(body);
  });
}

/** Sends JSON, and reads what comes back as JSON. @throws NoAnswer where it is refused */
export async function askJson<T>(
  site: Site,
  { method = "GET", path, value }: Omit<Question, "body" | "headers"> & { readonly value?: object },
): Promise<T> {
  const sent =
    value === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
  const { status, body } = await ask(site, { method, path, ...sent });
  if (status < 200 || status >= 300) {
    throw new NoAnswer(`${method} ${path}: ${status} ${excerpt(body)}`);
  }
  try {
    return JSON.parse(body === "" ? "{}" : body) as T;
  } catch {
    throw new NoAnswer(`${method} ${path}: its answer is no JSON: ${excerpt(body)}`);
  }
}

/** The beginning of an answer, on one line. */
export function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}

/** A page behind redirects on the same host, with the cookies that were set on the way. */
export interface Page extends Answer {
  readonly path: string;
  readonly cookie: string;
}

const mostRedirects = 4;

/** Gets a page as a browser does that came through the ingress of this host. */
export async function getPage(site: Site, path: string, host?: string): Promise<Page> {
  const cookies = new Map<string, string>();
  let next = path;
  for (let hops = 0; ; hops += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = {
      Accept: "text/html",
      ...(host === undefined ? {} : { Host: host, "X-Forwarded-Proto": "https" }),
      ...(cookie === "" ? {} : { Cookie: cookie }),
    };
    const answer = await ask(site, { path: next, headers });
    for (const text of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(text) ?? [];
      cookies.set(name, value);
    }
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status >= 400 || location === undefined) {
      const kept = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      return { ...answer, path: next, cookie: kept };
    }
    const target = new URL(location, `https://${host ?? "localhost"}${next}`);
    const isElsewhere =
      target.hostname !== (host ?? "localhost") && target.hostname !== "127.0.0.1";
    if (isElsewhere || hops === mostRedirects) {
      throw new NoAnswer(`GET ${path}: leads on to ${target.origin}${target.pathname}`);
    }
    next = `${target.pathname}${target.search}`;
  }
}
