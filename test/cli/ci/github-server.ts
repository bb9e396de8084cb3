/**
 * A server on loopback that answers as GitHub's REST API does, as far as our commands ask it: lists come
 * in pages with a Link header, numbers are shared by issues and pull requests, and a token may lack rights.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { GitHub } from "../../../cli/ci/github";

export const bot = { login: "github-actions[bot]", type: "Bot" };
export const somebody = { login: "somebody", type: "User" };

export interface Text {
  id: number;
  body: string;
  user: { login: string; type: string };
}
export interface Issue extends Text {
  number: number;
  title: string;
  state: "open" | "closed";
  pull_request?: object;
}

type Answer = readonly [status: number, body: unknown];

export class GitHubServer {
  /** Of each issue or pull request. */
  readonly comments = new Map<number, Text[]>();
  readonly issues: Issue[] = [];
  pulls: { number: number; label: string; head: { sha: string; repo: { full_name: string } } }[] =
    [];
  /** Of each attempt of a run, `5/1`. */
  readonly jobs = new Map<string, object[]>();
  readonly runs = new Map<number, object>();
  deployments: { id: number; sha: string; environment: string; states: string[] }[] = [];
  readonly comparisons = new Map<string, string>();
  /** What was asked, `POST /issues`. */
  readonly requests: string[] = [];
  /** Answers to give before any other, such as a passing fault. */
  readonly faults: { status: number; message: string; headers?: Record<string, string> }[] = [];
  /** Of what a page holds at most, whatever is asked for. */
  pageSize = 2;
  writable = true;
  /** A text that is taken in nothing that is made or changed. */
  refused: string | undefined;
  #server: Server | undefined;
  #ids = 1000;

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#handle(request, response));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  get api(): string {
    const { port } = this.#server?.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  client(): GitHub {
    return new GitHub(
      { api: this.api, repository: "acme/platform", token: "t0ken" },
      { pauseMs: 1 },
    );
  }

  comment(number: number, body: string, user = bot): Text {
    const text = { id: (this.#ids += 1), body, user };
    this.comments.set(number, [...(this.comments.get(number) ?? []), text]);
    return text;
  }

  issue(body: string, user = bot, more: Partial<Issue> = {}): Issue {
    const number = this.issues.length + 1;
    const issue: Issue = {
      ...{ id: (this.#ids += 1), number, title: "a title", state: "open", body, user },
      ...more,
    };
    this.issues.push(issue);
    return issue;
  }

  bodies(number: number): string[] {
    return (this.comments.get(number) ?? []).map(({ body }) => body);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.api);
    const path = url.pathname.replace("/repos/acme/platform", "");
    this.requests.push(`${request.method ?? ""} ${path}`);
    const fault = this.faults.shift();
    if (fault !== undefined) {
      reply(response, fault.status, { message: fault.message }, fault.headers);
      return;
    }
    const body = await bodyOf(request);
    const [status, answer] = this.#answer(request, url, path, body);
    const page = paged(answer, url, this.pageSize);
    reply(response, status, page.answer, page.headers);
  }

  #answer(request: IncomingMessage, url: URL, path: string, body: Partial<Issue>): Answer {
    if (request.headers.authorization !== "Bearer t0ken") {
      return [401, { message: "Bad credentials" }];
    }
    if (request.method !== "GET" && !this.writable) {
      return [403, { message: "Resource not accessible by integration" }];
    }
    if (this.refused !== undefined && body.body?.includes(this.refused) === true) {
      return [422, { message: "Validation Failed" }];
    }
    for (const [pattern, answer] of this.#routes(url, body)) {
      const match = pattern.exec(`${request.method ?? ""} ${path}`);
      if (match !== null) return answer(match[1] ?? "");
    }
    return [404, { message: "Not Found" }];
  }

  #routes(url: URL, body: Partial<Issue>): [RegExp, (part: string) => Answer][] {
    const query = (name: string): string => url.searchParams.get(name) ?? "";
    return [
      [/^GET \/issues\/(\d+)\/comments$/, (n) => [200, this.comments.get(Number(n)) ?? []]],
      [/^POST \/issues\/(\d+)\/comments$/, (n) => [201, this.comment(Number(n), body.body ?? "")]],
      [/^PATCH \/issues\/comments\/(\d+)$/, (id) => this.#changeComment(Number(id), body)],
      [/^DELETE \/issues\/comments\/(\d+)$/, (id) => this.#dropComment(Number(id))],
      [/^GET \/issues$/, () => [200, this.issues.filter(({ state }) => state === query("state"))]],
      [
        /^POST \/issues$/,
        () => [201, this.issue(body.body ?? "", bot, { title: body.title ?? "" })],
      ],
      [/^PATCH \/issues\/(\d+)$/, (n) => this.#changeIssue(Number(n), body)],
      [/^GET \/pulls$/, () => [200, this.pulls.filter(({ label }) => label === query("head"))]],
      [/^GET $/, () => [200, { default_branch: "main" }]],
      [/^GET \/actions\/runs\/(\d+)$/, (id) => found(this.runs.get(Number(id)))],
      [
        /^GET \/actions\/runs\/(\d+\/attempts\/\d+)\/jobs$/,
        (one) => [200, { jobs: this.jobs.get(one.replace("/attempts", "")) ?? [] }],
      ],
      [
        /^GET \/deployments$/,
        () => [
          200,
          this.deployments.filter(({ environment }) => environment === query("environment")),
        ],
      ],
      [/^GET \/deployments\/(\d+)\/statuses$/, (id) => [200, this.#statesOf(Number(id))]],
      [/^GET \/compare\/(.+)$/, (pair) => [200, { status: this.comparisons.get(pair) }]],
    ];
  }

  #changeIssue(number: number, change: Partial<Issue>): Answer {
    const issue = this.issues.find((one) => one.number === number);
    return issue === undefined
      ? [404, { message: "Not Found" }]
      : [200, Object.assign(issue, change)];
  }

  #statesOf(id: number): { state: string }[] {
    return (this.deployments.find((one) => one.id === id)?.states ?? []).map((state) => ({
      state,
    }));
  }

  #changeComment(id: number, { body = "" }: Partial<Issue>): Answer {
    const comment = [...this.comments.values()].flat().find((one) => one.id === id);
    if (comment === undefined) return [404, { message: "Not Found" }];
    comment.body = body;
    return [200, comment];
  }

  #dropComment(id: number): Answer {
    for (const [number, texts] of this.comments) {
      this.comments.set(
        number,
        texts.filter((one) => one.id !== id),
      );
    }
    return [204, undefined];
  }
}

function found(thing: object | undefined): Answer {
  return thing === undefined ? [404, { message: "Not Found" }] : [200, thing];
}

async function bodyOf(request: IncomingMessage): Promise<Partial<Issue>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text === "" ? {} : (JSON.parse(text) as Partial<Issue>);
}

/** A page of a list, or of the one list inside an answer, with the link to the next. */
function paged(
  answer: unknown,
  url: URL,
  size: number,
): { answer: unknown; headers: Record<string, string> } {
  const wrapped = (answer as { jobs?: unknown[] } | undefined)?.jobs;
  const list = Array.isArray(answer) ? (answer as unknown[]) : wrapped;
  if (list === undefined) return { answer, headers: {} };
  const page = Number(url.searchParams.get("page") ?? 1);
  const items = list.slice((page - 1) * size, page * size);
  const next = new URL(url);
  next.searchParams.set("page", String(page + 1));
  const headers: Record<string, string> =
    page * size < list.length
      ? { link: `<${next.href}>; rel="next", <${url.href}>; rel="first"` }
      : {};
  return { answer: wrapped === undefined ? items : { jobs: items }, headers };
}

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}
