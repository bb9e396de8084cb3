/**
 * Who may talk to whom on which port, written by hand from what the systems are for
 * (docs/ARCHITECTURE.md, docs/STREAMS.md and the settings of the stacks) and from no policy.
 *
 * A line is `CALLERS -> CALLEE PORTS`, all over TCP. A name is that of a workload of the namespace above
 * it, a Job without its hash; `NAMESPACE/*` is every pod of another namespace, and a block of addresses
 * is what is outside the cluster.
 */
import type { Environment } from "../../../config/environment";

/** What the ingress controllers, Prometheus and others are called where the stacks run. */
const traefik = "kube-system/*";
const nginx = "ingress-nginx/*";
const prometheus = "monitoring/*";
const kafka = "redpanda-v2/*";
const mosquitto = "mosquitto/*";
const grafana = "grafana/*";
const openai = "104.16.0.0/13 104.24.0.0/14 162.158.0.0/15 172.64.0.0/13";
const apiServer = "192.0.2.64/28";

/** The pod that cert-manager runs in a namespace while it asks for a certificate. */
export const solver = "acme-solver";

type Lines = readonly string[];

/** What every stack has, what comes with operators, ingresses and backups, and what only prod has. */
interface System {
  readonly always: Lines;
  readonly operated: Lines;
  readonly prod?: Lines;
}

const thunderline: System = {
  always: [
    "web worker migration postgres-setup -> postgres 5432",
    "web worker mlflow minio-setup -> minio 9000",
    "web worker livebook cerebros -> mlflow 5000",
    "web worker -> otelcol 4318",
    // The replicas are one Erlang cluster: its name server, and the nodes.
    "web -> web 4369 9100",
  ],
  operated: [
    `${traefik} -> web 4000`,
    `${traefik} -> livebook 8080`,
    `${traefik} -> ${solver} 8089`,
    `${prometheus} -> web 4000`,
    `${prometheus} -> worker 4000`,
    `${prometheus} -> minio 9000`,
    `${prometheus} -> otelcol 8888`,
    "postgres-backup -> postgres 5432",
    "minio-backup -> minio 9000",
  ],
};

const faultmaven: System = {
  always: [
    "faultmaven-blue faultmaven-blue-migration postgres-setup -> postgres 5432",
    "faultmaven-blue -> redis 6379",
    "faultmaven-blue -> chromadb 8000",
    `faultmaven-blue -> ${openai} 443`,
  ],
  operated: [
    `${nginx} -> faultmaven-blue 8000`,
    `${nginx} -> ${solver} 8089`,
    "postgres-backup -> postgres 5432",
    "redis-backup -> redis 6379",
    "chromadb-backup -> chromadb 8000",
  ],
};

/** Philotes with one reader and stores of its own, as dev and staging have it. */
const philotes = (source: string): Lines => [
  "philotes-api philotes-lakekeeper philotes-worker-main -> philotes-postgresql 5432",
  "philotes-lakekeeper-migration philotes-postgresql-setup -> philotes-postgresql 5432",
  "philotes-api philotes-lakekeeper philotes-worker-main philotes-minio-setup -> philotes-minio 9000",
  "philotes-api philotes-worker-main philotes-lakekeeper-bootstrap -> philotes-lakekeeper 8181",
  `philotes-worker-main philotes-source-check -> ${source} 5432`,
];

const philotesOperated: Lines = [
  `${nginx} -> philotes-api 8080`,
  `${nginx} -> ${solver} 8089`,
  `${prometheus} -> philotes-api 8080`,
  `${prometheus} -> philotes-lakekeeper 9000`,
  // It asks Prometheus for what its dashboard shows.
  `philotes-api -> ${prometheus} 9090`,
];

/** With a reader for each of two slots, and with stores that are elsewhere. */
const philotesProd: Lines = [
  "philotes-api philotes-lakekeeper philotes-lakekeeper-migration -> 198.51.100.0/28 5432",
  "philotes-worker-orders philotes-worker-customers -> 198.51.100.0/28 5432",
  "philotes-api philotes-lakekeeper -> 203.0.113.0/28 443",
  "philotes-worker-orders philotes-worker-customers -> 203.0.113.0/28 443",
  "philotes-api philotes-lakekeeper-bootstrap -> philotes-lakekeeper 8181",
  "philotes-worker-orders philotes-worker-customers -> philotes-lakekeeper 8181",
  "philotes-worker-orders philotes-worker-customers philotes-source-check -> 192.0.2.32/28 5432",
];

const bridge: System = {
  always: [
    `mqtt-redpanda-bridge -> ${mosquitto} 1883`,
    `mqtt-redpanda-bridge kafka-topics -> ${kafka} 9092`,
  ],
  operated: [`${prometheus} -> mqtt-redpanda-bridge 4195`],
};

const timescaledb: System = {
  always: [
    "redpanda-connect timescaledb-migration timescaledb-reader timescaledb-setup -> timescaledb 5432",
    `redpanda-connect -> ${kafka} 9092`,
    `${grafana} -> timescaledb 5432`,
  ],
  operated: [`${prometheus} -> redpanda-connect 4195`, "timescaledb-backup -> timescaledb 5432"],
  prod: [`timescaledb-snapshot snapshot-pruning -> ${apiServer} 6443`],
};

const heatpumpSettings: System = {
  always: [
    "redpanda-connect postgres-migration postgres-setup -> postgres 5432",
    `redpanda-connect -> ${kafka} 9092`,
  ],
  operated: [`${prometheus} -> redpanda-connect 4195`, "postgres-backup -> postgres 5432"],
  prod: [`postgres-snapshot snapshot-pruning -> ${apiServer} 6443`],
};

const systems = {
  thunderline,
  faultmaven,
  "mqtt-redpanda-bridge": bridge,
  timescaledb,
  "heatpump-settings": heatpumpSettings,
};

const philotesOf: Readonly<Record<Environment, readonly [namespace: string, Lines]>> = {
  dev: ["philotes", philotes("192.0.2.0/28")],
  staging: [
    "philotes-staging",
    [
      ...philotes("192.0.2.16/28"),
      ...philotesOperated,
      "philotes-postgresql-backup -> philotes-postgresql 5432",
      "philotes-minio-backup -> philotes-minio 9000",
      `${prometheus} -> philotes-minio 9000`,
    ],
  ],
  prod: ["philotes", [...philotesProd, ...philotesOperated]],
};

/** A connection that somebody wants. An end is `NAMESPACE/NAME`, `NAMESPACE/*` or a block of addresses. */
export interface Declared {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** All connections of a stack but name resolution. */
export function declaredConnections(stack: Environment): Declared[] {
  const shared = Object.entries(systems).map(
    ([namespace, { always, operated, prod = [] }]: [string, System]) =>
      [
        namespace,
        [...always, ...(stack === "dev" ? [] : operated), ...(stack === "prod" ? prod : [])],
      ] as const,
  );
  return [...shared, philotesOf[stack]].flatMap(([namespace, lines]) =>
    lines.flatMap((line) => read(namespace, line)),
  );
}

function read(namespace: string, line: string): Declared[] {
  const [callers = "", called = ""] = line.split(" -> ");
  const words = called.split(" ");
  const ports = words.filter((word) => /^\d+$/.test(word)).map(Number);
  const end = (name: string): string => (name.includes("/") ? name : `${namespace}/${name}`);
  const callees = words.filter((word) => !/^\d+$/.test(word)).map(end);
  return callers
    .split(" ")
    .map(end)
    .flatMap((from) => callees.flatMap((to) => ports.map((port) => ({ from, to, port }))));
}
