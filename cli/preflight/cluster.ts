import { Limit } from "./limit";
import { Unchecked } from "./model";
import type { Answer, Ask, Question } from "./proxy";

/** A kind as the API server serves it. */
export interface ServedKind {
  readonly kind: string;
  /** Its plural, `deployments`; subresources have a slash in it. */
  readonly name: string;
  readonly namespaced: boolean;
}

/** What every object of the cluster has. */
export interface LiveMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly { readonly manager?: string; readonly operation?: string }[];
}

/** An object as the check that reads it knows its fields. */
export interface LiveObject {
  readonly metadata: LiveMetadata;
}

/** Enough for a far cluster, and no burden on its API server: clients of Kubernetes have 5 to 50 a second. */
const atOnce = 10;
const pageSize = 500;

/** Everything of an object but its content: what is in a Secret does not even come over the wire. */
export const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Reads a cluster. Whatever the API server does not let it read is an Unchecked. */
export class ClusterClient {
  readonly #limit = new Limit(atOnce);
  readonly #served = new Map<string, Promise<readonly ServedKind[]>>();

  constructor(private readonly ask: Ask) {}

  /** The answer itself, for its status and headers. */
  answer(question: Question): Promise<Answer> {
    return this.#limit.run(() => this.ask(question));
  }

  /** What is at this path; undefined where nothing is. */
  async get<T>(path: string, accept?: string): Promise<T | undefined> {
    const answer = await this.answer({ method: "GET", path, ...(accept ? { accept } : {}) });
    return answer.status === 404 ? undefined : (contentOf(answer, `get ${path}`) as T);
  }

  /** All objects of a collection, page by page; none where the API server has no such collection. */
  async list<T extends LiveObject>(path: string): Promise<readonly T[]> {
    const items: T[] = [];
    for (let next = ""; ;) {
      const page = await this.get<Page<T>>(`${path}?limit=${pageSize}${next}`);
      items.push(...(page?.items ?? []));
      const token = page?.metadata?.continue;
      if (!token) return items;
      next = `&continue=${encodeURIComponent(token)}`;
    }
  }

  /** Sends what the API server answers at once and keeps nowhere, such as a review of rights. */
  async review<T>(path: string, body: unknown): Promise<T> {
    return contentOf(await this.answer({ method: "POST", path, body }), `post ${path}`) as T;
  }

  /** The kinds of a group and version (`apps/v1`); none where it is not served. */
  served(apiVersion: string): Promise<readonly ServedKind[]> {
    const known = this.#served.get(apiVersion);
    if (known !== undefined) return known;
    const asked = this.get<{ resources: readonly ServedKind[] }>(baseOf(apiVersion)).then(
      (list) => list?.resources ?? [],
    );
    this.#served.set(apiVersion, asked);
    return asked;
  }

  /** How a kind is served; undefined where it is not. */
  async kindOf(apiVersion: string, kind: string): Promise<ServedKind | undefined> {
    const all = await this.served(apiVersion);
    return all.find((it) => it.kind === kind && !it.name.includes("/"));
  }

  /** Where one object is; undefined where its kind is not served. */
  async pathOf(object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
  }): Promise<string | undefined> {
    const { apiVersion, kind, metadata } = object;
    const served = await this.kindOf(apiVersion, kind);
    if (served === undefined) return undefined;
    const within = served.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
    return `${baseOf(apiVersion)}${within}/${served.name}/${encodeURIComponent(metadata.name)}`;
  }
}

interface Page<T> {
  readonly items: readonly T[];
  readonly metadata?: { readonly continue?: string };
}

function baseOf(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function contentOf({ status, text }: Answer, what: string): unknown {
  if (status >= 200 && status < 300) return JSON.parse(text);
  throw new Unchecked(`The API server answers ${what} with ${status}: ${messageOf(text)}`);
}

/** The words of a Status object, or of a proxy that knows no such thing. */
export function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: string };
    if (message !== undefined) return message;
  } catch {
    // No JSON: the text is the message.
  }
  return text.trim().slice(0, 300);
}
