import type { z } from "zod";

import type { Environment } from "../environment";
import type { thunderline } from "../systems/thunderline";
import { bucketCopy, clientDump, dump, filesCopy } from "./backup";
import { client, minio, sized } from "./common";

type Said = z.input<typeof thunderline>;

// Document 000, "Resource Limits".
const application = sized("500m", "512Mi", "1000m", "1Gi");
const study = sized("1000m", "2Gi", "2000m", "4Gi");

// The release has no Mix; Ecto's own migrator needs no module of the application.
const migrate =
  "Application.load(:thunderline); " +
  "for repo <- Application.fetch_env!(:thunderline, :ecto_repos), " +
  "do: {:ok, _, _} = Ecto.Migrator.with_repo(repo, &Ecto.Migrator.run(&1, :up, all: true))";

/** Thunderline's defaults. Figures without a document are judgements; docs/DECISIONS.md has their reasons. */
export function thunderlineProfile(environment: Environment): Said {
  const prod = environment === "prod";
  const spread = environment !== "dev";
  const store = prod ? sized("500m", "1Gi", "2", "2Gi") : sized("250m", "512Mi", "1", "1Gi");
  return {
    enabled: true,
    namespace: "thunderline",
    data: "keep",
    quota: { headroomPercent: 25 },
    app: {
      image: "docker.io/thunderline/app:2.1.0",
      runAsUser: 1000,
      logLevel: "info",
      features: ["ml_nas", "cerebros_bridge", "ai_chat_panel"],
      poolSize: 10,
    },
    migration: {
      command: ["/app/bin/thunderline", "eval", migrate],
      resources: sized("100m", "256Mi", "1", "512Mi"),
      deadlineSeconds: 600,
    },
    web: {
      resources: application,
      scaling: prod
        ? { type: "hpa", minReplicas: 2, maxReplicas: 4, cpuPercent: 70 }
        : { type: "fixed", replicas: spread ? 2 : 1 },
      ingress: { enabled: spread, className: "traefik" },
    },
    worker: {
      enabled: true,
      resources: application,
      scaling: { type: "fixed", replicas: prod ? 2 : 1 },
    },
    mlflow: {
      image: "docker.io/burakince/mlflow:2.22.0",
      runAsUser: 1000,
      resources: sized("250m", "512Mi", "1", "1Gi"),
      volume: { size: "10Gi" },
      data: "keep",
      backup: clientDump(environment, { schedule: "0 1 * * *", size: "20Gi", job: "small" }),
    },
    collector: {
      enabled: true,
      image: "docker.io/otel/opentelemetry-collector-contrib:0.106.0",
      runAsUser: 10001,
      resources: sized("100m", "128Mi", "500m", "512Mi"),
      exporter: { type: "debug", verbosity: "basic" },
    },
    cerebros: {
      type: "schedule",
      image: "docker.io/thunderline/cerebros-runner:2.1.0",
      runAsUser: 1000,
      resources: study,
      deadlineSeconds: 14400,
      experiment: "thunderline-consolidated",
      schedule: "0 3 * * 0",
      suspended: true,
    },
    livebook: {
      enabled: true,
      image: "ghcr.io/livebook-dev/livebook:0.12.1",
      runAsUser: 1000,
      resources: sized("250m", "512Mi", "1", "2Gi"),
      volume: { size: "5Gi" },
      data: "keep",
      backup: filesCopy(environment, { schedule: "15 1 * * *", size: "10Gi", job: "small" }),
      ingress: { enabled: spread, className: "traefik" },
    },
    postgres: {
      mode: "bundled",
      data: "keep",
      image: "docker.io/pgvector/pgvector:0.8.0-pg16",
      runAsUser: 999,
      resources: store,
      volume: { size: "10Gi" },
      backup: dump(environment, { schedule: "30 0 * * *", size: "20Gi" }),
      setup: { resources: client, deadlineSeconds: 300 },
      database: "thunderline",
      user: "thunderline",
      password: { from: "generated" },
      superuserPassword: { from: "generated" },
    },
    objectStore: {
      mode: "bundled",
      data: "keep",
      ...minio,
      resources: sized("100m", "256Mi", "500m", "1Gi"),
      volume: { size: "20Gi" },
      backup: bucketCopy(environment, { schedule: "45 0 * * *", size: "40Gi" }),
      setup: { resources: client, deadlineSeconds: 300 },
      bucket: "thunderline-artifacts",
      accessKey: { from: "generated" },
      secretKey: { from: "generated" },
    },
    secrets: {
      secretKeyBase: { from: "generated" },
      tokenSigningSecret: { from: "generated" },
      releaseCookie: { from: "generated" },
      livebookPassword: { from: "generated" },
      livebookSecretKeyBase: { from: "generated" },
      livebookCookie: { from: "generated" },
    },
  };
}
