import { ClusterClient } from "../../../cli/preflight/cluster";
import type { Finding } from "../../../cli/preflight/model";

/** In place of what is at a path: the API server does not let it be read. */
export const refused = Symbol("refused");

/** A cluster that has this at these paths, a list where it is one, and nothing elsewhere. */
export function answering(content: Readonly<Record<string, unknown>>): () => ClusterClient {
  const client = new ClusterClient(({ path }) => {
    const found = content[path.replace(/\?.*/, "")];
    const answer = (status: number, body: unknown) => ({
      ...{ status, headers: {}, text: JSON.stringify(body) },
    });
    if (found === undefined) return Promise.resolve(answer(404, { message: "not found" }));
    if (found === refused) return Promise.resolve(answer(403, { message: "forbidden" }));
    return Promise.resolve(answer(200, Array.isArray(found) ? { items: found } : found));
  });
  return () => client;
}

/** Findings as a test names them. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ status, subject, evidence }) => `${status} ${subject}: ${evidence}`);
}
