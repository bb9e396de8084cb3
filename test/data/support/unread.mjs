import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { parse } from "yaml";

/** The images whose program, or one of the same code, reads in these tests what the pods give it. */
const read = [
  "apache/kafka",
  "burakince/mlflow",
  "chromadb/chroma",
  "library/postgres",
  "library/redis",
  "minio/mc",
  "minio/minio",
  "otel/opentelemetry-collector-contrib",
  "pgvector/pgvector",
  "redpandadata/connect",
  "timescale/timescaledb",
];

/** What no program here reads, whatever its image. */
const kinds = [
  "network policies, which only a network plugin enforces",
  "annotations of ingresses, which only their controllers understand",
  "scaled objects, monitors and certificates, beyond their operators' schemas",
  "TimescaleDB's own functions, for which a stand-in answers",
];

const golden = fileURLToPath(new URL("../../golden/prod", import.meta.url));

/** Closes a run with the list of generated artefacts that no real program has read. */
export default class Unread {
  onRunComplete() {
    const unread = workloads().filter(({ image }) => !read.some((name) => image.includes(name)));
    const lines = [
      ...unread.map(({ title, image }) => `${title}: its variables and arguments (${image})`),
      ...kinds,
    ];
    console.error(`\nNo real program has read:\n${lines.map((line) => `  - ${line}`).join("\n")}`);
  }
}

/** What runs an image in stack prod. */
function workloads() {
  return readdirSync(golden, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: namespace }) =>
      readdirSync(join(golden, namespace))
        .filter((file) => /^(deployment|statefulset|job|cronjob)\./.test(file))
        .map((file) => parse(readFileSync(join(golden, namespace, file), "utf8")))
        .map(({ kind, metadata, spec }) => ({
          title: `${kind} ${namespace}/${metadata.labels["app.kubernetes.io/name"]}`,
          image: (spec.jobTemplate?.spec ?? spec).template.spec.containers[0].image,
        })),
    );
}
