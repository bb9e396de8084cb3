import type { z } from "zod";

import type { Environment } from "../environment";
import type { faultmaven } from "../systems/faultmaven";
import { bucketCopy, clientDump, dump, filesCopy } from "./backup";
import { client, minio, sized } from "./common";

type Said = z.input<typeof faultmaven>;

const names = { dev: "development", staging: "staging", prod: "production" } as const;

/** FaultMaven's defaults. Figures without a document are judgements; docs/DECISIONS.md has their reasons. */
export function faultmavenProfile(environment: Environment): Said {
  const prod = environment === "prod";
  const spread = environment !== "dev";
  return {
    enabled: true,
    namespace: "faultmaven",
    data: "keep",
    quota: { headroomPercent: 25 },
    live: "blue",
    tracks: [{ name: "blue", image: "ghcr.io/faultmaven/faultmaven:1.0.0", release: 1 }],
    app: {
      environment: names[environment],
      module: "faultmaven.app:app",
      runAsUser: 1000,
      port: 8000,
      databaseScheme: "postgresql+asyncpg",
      jwt: { algorithm: "HS256", expiryMinutes: 1440 },
      corsOrigins: [],
      // Document 002, 6.3. An autoscaler that goes by memory needs a request well above an idle replica.
      resources: sized("500m", spread ? "1Gi" : "512Mi", "2000m", "2Gi"),
      scaling: spread
        ? {
            type: "hpa",
            minReplicas: prod ? 3 : 2,
            maxReplicas: prod ? 10 : 5,
            cpuPercent: 70,
            memoryPercent: 80,
          }
        : { type: "fixed", replicas: 1 },
    },
    files: {
      use: spread ? "sharedClaim" : "singleReplica",
      ...(spread ? {} : { singleReplica: { volume: { size: "5Gi" } } }),
      backup: filesCopy(environment, {
        schedule: "15 3 * * *",
        size: spread ? "100Gi" : "10Gi",
        job: "small",
      }),
      objectStore: {
        mode: "bundled",
        // Nothing is declared of a store that was never used; one in use is kept whatever this says.
        data: "discard",
        ...minio,
        resources: sized("100m", "256Mi", "500m", "1Gi"),
        volume: { size: "20Gi" },
        backup: bucketCopy(environment, { schedule: "30 3 * * *", size: "40Gi", data: "discard" }),
        setup: { resources: client, deadlineSeconds: 300 },
        bucket: "faultmaven-files",
        accessKey: { from: "generated" },
        secretKey: { from: "generated" },
      },
    },
    migration: { resources: sized("100m", "256Mi", "1", "512Mi"), deadlineSeconds: 600 },
    service: { type: "ClusterIP" },
    // Document 002, 6.4.
    ingress: { enabled: spread, className: "nginx" },
    preview: { enabled: spread, className: "nginx" },
    postgres: {
      mode: "bundled",
      data: "keep",
      image: "docker.io/library/postgres:15.18-alpine",
      runAsUser: 70,
      resources: prod ? sized("500m", "1Gi", "2", "2Gi") : sized("250m", "512Mi", "1", "1Gi"),
      volume: { size: "10Gi" },
      backup: dump(environment, { schedule: "30 1 * * *", size: "20Gi" }),
      setup: { resources: client, deadlineSeconds: 300 },
      database: "faultmaven",
      user: "faultmaven",
      password: { from: "generated" },
      superuserPassword: { from: "generated" },
    },
    redis: {
      mode: "bundled",
      data: "keep",
      image: "docker.io/library/redis:7.4.9-alpine",
      runAsUser: 999,
      resources: sized("100m", "128Mi", "500m", "512Mi"),
      volume: { size: "5Gi" },
      // The job loads all of it into a server of its own, to check it and to restore it.
      backup: dump(environment, { schedule: "45 1 * * *", size: "10Gi", job: "large" }),
      password: { from: "generated" },
    },
    chromadb: {
      mode: "bundled",
      data: "keep",
      image: "docker.io/chromadb/chroma:1.0.20",
      runAsUser: 1000,
      resources: sized("250m", "512Mi", "1", "2Gi"),
      volume: { size: "10Gi" },
      backup: clientDump(environment, { schedule: "45 2 * * *", size: "20Gi" }),
    },
    secrets: { jwtSecret: { from: "generated" } },
  };
}
