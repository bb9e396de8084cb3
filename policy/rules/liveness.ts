import { fields, get, list, text } from "../read";

interface Checks {
  readonly paths?: readonly string[];
  readonly programs?: readonly string[];
}

/**
 * What may be asked of a program to learn whether it lives, by the system and what the container is in
 * it: the settings may name an image of somebody's own, and what it runs stays the same program. Each
 * looks at the process alone, by the program's own documents or source, or as the four documents on the
 * systems say. Whoever adds one has looked.
 */
const ofSystems: Readonly<Record<string, Checks>> = {
  "faultmaven/application": { paths: ["/health/live"] },
  "philotes/api": { paths: ["/health/live"] },
  "philotes/worker": { paths: ["/health/live"] },
  "telemetry/bridge": { paths: ["/ping"] },
  "telemetry/sink": { paths: ["/ping"] },
  "thunderline/livebook": { paths: ["/public/health"] },
  "thunderline/mlflow": { paths: ["/health"] },
  "thunderline/otelcol": { paths: ["/"] },
  "thunderline/web": { paths: ["/healthz"] },
  "thunderline/worker": { paths: ["/healthz"] },
};

/** The same for the stores, which are the same in every system. */
const ofStores: Readonly<Record<string, Checks>> = {
  cache: { programs: ["redis-cli"] },
  database: { programs: ["pg_isready"] },
  "object-store": { paths: ["/minio/health/live"] },
  "vector-store": { paths: ["/api/v2/heartbeat"] },
};

const loopback = ["127.0.0.1", "::1", "localhost"];

/** Whether a probe looks at its own container's process and at nothing that this depends on. */
export function looksAtItself(
  labels: Readonly<Record<string, string>>,
  container: string | undefined,
  probe: unknown,
): boolean {
  const { paths = [], programs = [] } = checksOf(labels, container);
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

/** The container that the pods are named after; another one beside it is another program. */
function checksOf(labels: Readonly<Record<string, string>>, container: string | undefined): Checks {
  const label = (key: string): string | undefined => labels[`app.kubernetes.io/${key}`];
  const name = label("name");
  if (name === undefined || container !== name) return {};
  const part = label("component") ?? name;
  return ofStores[part] ?? ofSystems[`${label("part-of") ?? ""}/${part}`] ?? {};
}
