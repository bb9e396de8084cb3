import { setTimeout as sleep } from "node:timers/promises";

import { UserError } from "../errors";
import type { Surroundings } from "./surroundings";

/** GitHub answered that it does not do what it was asked. */
export class Refusal extends UserError {
  constructor(
    readonly status: number,
    message: string,
    hint?: string,
  ) {
    super(message, hint);
    this.name = "Refusal";
  }
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

const perPage = 100;
/** More pages than any list that we read has: a server that never ends is not followed. */
const mostPages = 100;
const timeoutMs = 30_000;
/** Answers of a server that is overloaded or being replaced. */
const passing = [502, 503, 504];

/** How a client behaves; tests want shorter waits. */
export interface GitHubOptions {
  /** How often a request that changes nothing twice is made before it has failed. */
  readonly attempts?: number;
  /** Before the second attempt; each further one waits twice as long. */
  readonly pauseMs?: number;
}

/** GitHub's REST API, for one repository. Paths are below `/repos/OWNER/NAME`. */
export class GitHub {
  readonly #attempts: number;
  readonly #pauseMs: number;

  constructor(
    private readonly around: Pick<Surroundings, "api" | "repository" | "token">,
    { attempts = 3, pauseMs = 1_000 }: GitHubOptions = {},
  ) {
    this.#attempts = attempts;
    this.#pauseMs = pauseMs;
  }

  async get<T>(path: string): Promise<T> {
    return (await (await this.#request("GET", this.#url(path))).json()) as T;
  }

  /** The same; undefined where there is no such thing. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * All items of a list, page after page. `list` finds them in an answer that wraps them.
   *
   * @example
   * for await (const comment of github.all<Comment>("/issues/7/comments")) …
   */
  async *all<T>(
    path: string,
    list: (answer: unknown) => readonly T[] = (answer) => answer as readonly T[],
  ): AsyncGenerator<T> {
    const first = this.#url(path);
    first.searchParams.set("per_page", String(perPage));
    let next: URL | undefined = first;
    for (let page = 0; next !== undefined && page < mostPages; page += 1) {
      const answer: Response = await this.#request("GET", next);
      yield* list(await answer.json());
      next = this.#nextPage(answer);
    }
  }

  async send<T>(method: "POST" | "PATCH", path: string, body: unknown): Promise<T> {
    return (await (await this.#request(method, this.#url(path), body)).json()) as T;
  }

  async remove(path: string): Promise<void> {
    await this.#request("DELETE", this.#url(path));
  }

  #url(path: string): URL {
    return new URL(`${this.around.api}/repos/${this.around.repository}${path}`);
  }

  /** The token goes nowhere but to the API, wherever an answer points. */
  #nextPage(answer: Response): URL | undefined {
    const link = /<([^>]+)>;\s*rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    if (link === undefined) return undefined;
    const next = new URL(link, this.around.api);
    if (next.origin === new URL(this.around.api).origin) return next;
    throw new Error(`The next page would be at ${next.origin}, which is not the API.`);
  }

  async #request(method: Method, url: URL, body?: unknown): Promise<Response> {
    // What is made twice would be there twice.
    const attempts = method === "POST" ? 1 : this.#attempts;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#once(method, url, body);
      if (typeof answer !== "string" && answer.ok) return answer;
      const again = typeof answer === "string" || passing.includes(answer.status);
      if (!again || attempt >= attempts) throw await refusal(method, url, answer);
      await sleep(this.#pauseMs * 2 ** (attempt - 1));
    }
  }

  /** The answer, or in words why there is none. */
  async #once(method: Method, url: URL, body: unknown): Promise<Response | string> {
    try {
      return await fetch(url, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${this.around.token}`,
          "x-github-api-version": "2022-11-28",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      const { cause, message } = error as { cause?: { message?: string }; message?: string };
      return cause?.message ?? message ?? String(error);
    }
  }
}

async function refusal(method: Method, url: URL, answer: Response | string): Promise<Error> {
  const what = `${method} ${url.pathname}`;
  if (typeof answer === "string") {
    return new UserError(`GitHub does not answer to ${what}: ${answer}`);
  }
  const said = await messageIn(answer);
  return new Refusal(
    answer.status,
    `GitHub refuses ${what}: ${answer.status} ${said}`,
    hintFor(answer),
  );
}

async function messageIn(answer: Response): Promise<string> {
  try {
    return ((await answer.json()) as { message?: string }).message ?? answer.statusText;
  } catch {
    return answer.statusText; // A proxy's own page.
  }
}

function hintFor({ status, headers }: Response): string | undefined {
  if (status === 401) return "The token is not valid, or no longer.";
  if (headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after")) {
    return "Too many requests were made with this token: run the job again later.";
  }
  if (status === 403) {
    return "The job's `permissions` lack this, or it runs for a fork's pull request, whose token may only read.";
  }
  return undefined;
}
