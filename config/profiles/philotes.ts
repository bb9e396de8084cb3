import type { z } from "zod";

import type { Environment } from "../environment";
import type { philotes } from "../systems/philotes";
import { bucketCopy, dump } from "./backup";
import { client, minio, sized } from "./common";

type Said = z.input<typeof philotes>;

const names = { dev: "development", staging: "staging", prod: "production" } as const;

/** What the table of document 003 calls low, medium and high, with the figures of its sources' values files. */
const sizes = {
  dev: {
    api: sized("50m", "64Mi", "200m", "256Mi"),
    worker: sized("100m", "128Mi", "500m", "512Mi"),
    lakekeeper: sized("50m", "128Mi", "200m", "256Mi"),
    postgres: sized("100m", "256Mi", "500m", "512Mi"),
    objectStore: sized("50m", "128Mi", "200m", "256Mi"),
  },
  staging: {
    api: sized("100m", "128Mi", "500m", "512Mi"),
    worker: sized("200m", "256Mi", "1", "1Gi"),
    lakekeeper: sized("100m", "256Mi", "500m", "512Mi"),
    postgres: sized("250m", "512Mi", "1", "1Gi"),
    objectStore: sized("100m", "256Mi", "500m", "512Mi"),
  },
  prod: {
    api: sized("200m", "256Mi", "1", "1Gi"),
    worker: sized("500m", "512Mi", "2", "2Gi"),
    lakekeeper: sized("200m", "256Mi", "1", "1Gi"),
    // Stores of prod are managed elsewhere; these hold for one that is bundled after all.
    postgres: sized("250m", "512Mi", "1", "1Gi"),
    objectStore: sized("100m", "256Mi", "500m", "512Mi"),
  },
} as const;

const apiScaling = {
  dev: { type: "fixed", replicas: 1 },
  staging: { type: "hpa", minReplicas: 2, maxReplicas: 5, cpuPercent: 80, memoryPercent: 80 },
  prod: { type: "hpa", minReplicas: 3, maxReplicas: 10, cpuPercent: 70, memoryPercent: 80 },
} as const;

const corsOrigins = {
  dev: ["*"],
  staging: ["https://dashboard.philotes-staging.example.com"],
  prod: ["https://dashboard.philotes.example.com"],
};

const pool = { maxOpenConnections: 25, maxIdleConnections: 5 };

/** Philotes' defaults. Figures without a document are judgements; docs/DECISIONS.md has their reasons. */
export function philotesProfile(environment: Environment): Said {
  const prod = environment === "prod";
  const spread = environment !== "dev";
  return {
    enabled: true,
    namespace: environment === "staging" ? "philotes-staging" : "philotes",
    data: "keep",
    quota: { headroomPercent: 25 },
    environment: names[environment],
    api: {
      enabled: true,
      image: "ghcr.io/janovincze/philotes-api:0.1.0",
      // The `nonroot` user of distroless images.
      runAsUser: 65532,
      resources: sizes[environment].api,
      scaling: apiScaling[environment],
      readTimeout: "15s",
      writeTimeout: "15s",
      corsOrigins: corsOrigins[environment],
      rateLimit: { requestsPerSecond: spread ? 100 : 1000, burst: 200 },
      database: pool,
      alerting: { evaluationInterval: "30s", notificationTimeout: "10s", retentionDays: 30 },
      ...(spread
        ? {
            prometheusUrl:
              "http://kube-prometheus-stack-prometheus.monitoring.svc.cluster.local:9090",
          }
        : {}),
      auth: {
        enabled: spread,
        jwtSecret: { from: "generated" },
        adminPassword: { from: "generated" },
        data: spread ? "keep" : "discard",
      },
      ingress: { enabled: spread, className: "nginx" },
    },
    worker: {
      enabled: true,
      image: "ghcr.io/janovincze/philotes-worker:0.1.0",
      runAsUser: 65532,
      resources: sizes[environment].worker,
      scaling: prod ? { type: "keda", targetLagBytes: 10_000_000 } : { type: "fixed" },
      sourceCheck: { resources: client, deadlineSeconds: 300 },
      shards: [{ name: "main", slot: "philotes_cdc", publication: "philotes_pub" }],
      database: pool,
      cdc: {
        bufferSize: 10_000,
        batchSize: 1000,
        flushInterval: "5s",
        checkpointInterval: "10s",
      },
      buffer: { enabled: true, retention: "168h", cleanupInterval: "1h" },
      retry: { maxAttempts: 3, initialInterval: "1s", maxInterval: "30s", multiplier: 2 },
      deadLetters: { enabled: true, retention: "168h" },
      backpressure: {
        enabled: true,
        highWatermark: 8000,
        lowWatermark: 5000,
        checkInterval: "1s",
      },
      readinessTimeout: "5s",
    },
    lakekeeper: {
      mode: "bundled",
      encryptionKey: { from: "generated" },
      data: "keep",
      // The first release that takes the name of its schema.
      image: "quay.io/lakekeeper/catalog:v0.14.0",
      runAsUser: 65532,
      resources: sizes[environment].lakekeeper,
      scaling: { type: "fixed", replicas: prod ? 2 : 1 },
      schema: "lakekeeper",
      openid: { type: "none" },
      authorization: { type: "allowall" },
      migration: { resources: client, deadlineSeconds: 600 },
      bootstrap: {
        image: "docker.io/library/python:3.13-alpine",
        runAsUser: 65532,
        resources: client,
        deadlineSeconds: 600,
      },
    },
    warehouse: "philotes",
    postgres: {
      mode: prod ? "external" : "bundled",
      // Nothing is declared of a store that was never used; one in use is kept whatever this says.
      data: prod ? "discard" : "keep",
      image: "docker.io/library/postgres:16.10-alpine",
      runAsUser: 70,
      resources: sizes[environment].postgres,
      volume: { size: spread ? "20Gi" : "5Gi" },
      backup: dump(environment, {
        schedule: "45 3 * * *",
        size: spread ? "40Gi" : "10Gi",
        data: prod ? "discard" : "keep",
      }),
      setup: { resources: client, deadlineSeconds: 300 },
      database: "philotes",
      user: "philotes",
      password: { from: "generated" },
      superuserPassword: { from: "generated" },
      parameters: {
        wal_level: "logical",
        max_replication_slots: "10",
        max_wal_senders: "10",
        // A reader that has stopped must not fill the server's disk.
        max_slot_wal_keep_size: "4GB",
      },
    },
    objectStore: {
      mode: prod ? "external" : "bundled",
      data: prod ? "discard" : "keep",
      ...minio,
      resources: sizes[environment].objectStore,
      volume: { size: spread ? "100Gi" : "10Gi" },
      backup: bucketCopy(environment, {
        schedule: "0 4 * * *",
        size: spread ? "200Gi" : "20Gi",
        data: prod ? "discard" : "keep",
      }),
      setup: { resources: client, deadlineSeconds: 300 },
      bucket: { dev: "philotes", staging: "philotes-staging", prod: "philotes-production" }[
        environment
      ],
      accessKey: { from: "generated" },
      secretKey: { from: "generated" },
    },
  };
}
