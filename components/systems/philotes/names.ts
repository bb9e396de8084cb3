/** What Philotes' objects are called: one place for names, Secrets and files. */
export const names = {
  api: "philotes-api",
  catalogue: "philotes-lakekeeper",
  database: "philotes-postgresql",
  objectStore: "philotes-minio",
  sourceCheck: "philotes-source-check",
  sourceCredentials: "philotes-source-credentials",
} as const;

/** The Deployment of the reader of one shard. */
export function workerName(shard: string): string {
  return `philotes-worker-${shard}`;
}
