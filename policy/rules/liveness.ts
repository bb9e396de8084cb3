import { fields, get, list, text } from "../read";

/**
 * What may be asked of a program to learn whether it lives: by its image without registry and tag, the
 * paths of HTTP, and the commands. Each looks at the process alone, by the program's own documents or
 * source, or as the four documents on the systems say. Whoever adds one has looked.
 */
const checks: Readonly<
  Record<string, { paths?: readonly string[]; programs?: readonly string[] }>
> = {
  "chromadb/chroma": { paths: ["/api/v2/heartbeat"] },
  "faultmaven/faultmaven": { paths: ["/health/live"] },
  "janovincze/philotes-api": { paths: ["/health/live"] },
  "janovincze/philotes-worker": { paths: ["/health/live"] },
  "livebook-dev/livebook": { paths: ["/public/health"] },
  "minio/minio": { paths: ["/minio/health/live"] },
  "burakince/mlflow": { paths: ["/health"] },
  "otel/opentelemetry-collector-contrib": { paths: ["/"] },
  "redpandadata/connect": { paths: ["/ping"] },
  "thunderline/app": { paths: ["/healthz"] },
  "library/postgres": { programs: ["pg_isready"] },
  "library/redis": { programs: ["redis-cli"] },
  "pgvector/pgvector": { programs: ["pg_isready"] },
  "timescale/timescaledb": { programs: ["pg_isready"] },
};

const loopback = ["127.0.0.1", "::1", "localhost"];

/** Whether a probe looks at its own container's process and at nothing that this depends on. */
export function looksAtItself(image: string, probe: unknown): boolean {
  const known = Object.entries(checks).find(([name]) => imageName(image).endsWith(`/${name}`));
  const { paths = [], programs = [] } = known?.[1] ?? {};
  const http = get(probe, "httpGet");
  if (http !== undefined) {
    const { host, path } = fields(http);
    return host === undefined && paths.includes(text(path) ?? "");
  }
  const command = list(get(probe, "exec", "command"));
  const host = command[command.indexOf("-h") + 1];
  const here = command.includes("-h") && loopback.includes(text(host) ?? "");
  return here && programs.includes(text(command[0]) ?? "");
}

/** The image without its tag and digest, with a slash before it. */
function imageName(image: string): string {
  const [name = ""] = image.split("@");
  return `/${name.replace(/:[^:/]+$/, "")}`;
}
