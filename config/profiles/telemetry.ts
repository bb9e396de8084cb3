import type { z } from "zod";

import type { Environment } from "../environment";
import type { telemetry } from "../systems/telemetry";
import { dump } from "./backup";
import { client, sized } from "./common";

type Said = z.input<typeof telemetry>;

const week = 7 * 24;

/** The telemetry stack's defaults. Figures without a document are judgements; docs/DECISIONS.md has their reasons. */
export function telemetryProfile(environment: Environment): Said {
  const prod = environment === "prod";
  const setup = { resources: client, deadlineSeconds: 300 };
  return {
    enabled: true,
    data: "keep",
    quota: { headroomPercent: 25 },
    namespaces: {
      bridge: "mqtt-redpanda-bridge",
      timescaledb: "timescaledb",
      heatpumpSettings: "heatpump-settings",
    },
    phase: "parallel",
    overrides: {},
    paused: false,
    mqtt: {
      host: "mosquitto.mosquitto.svc.cluster.local",
      port: 1883,
      session: "persistent",
    },
    kafka: {
      // One address for all clients; document 004 has two, of which one is not listened on.
      host: "redpanda-v2.redpanda-v2.svc.cluster.local",
      port: 9092,
      image: "docker.io/apache/kafka:3.9.1",
      runAsUser: 1000,
      partitions: 3,
      replicationFactor: 1,
      retentionHours: {
        energy: 24,
        heatpump: week,
        "temperature-indoor": week,
        "temperature-outdoor": week,
      },
      deadLetterRetentionHours: 4 * week,
      // The tools run on a Java machine.
      setup: { resources: sized("100m", "256Mi", "1", "512Mi"), deadlineSeconds: 600 },
    },
    connect: { image: "docker.io/redpandadata/connect:4.31.0", runAsUser: 10001 },
    bridge: {
      resources: prod
        ? sized("200m", "256Mi", "1", "512Mi")
        : sized("50m", "64Mi", "200m", "128Mi"),
    },
    timescaledb: {
      postgres: {
        mode: "bundled",
        data: "keep",
        image: "docker.io/timescale/timescaledb:2.24.0-pg16",
        // The image is Alpine's, whose postgres has this number.
        runAsUser: 70,
        resources: prod ? sized("500m", "1Gi", "2", "4Gi") : sized("50m", "128Mi", "500m", "512Mi"),
        volume: { size: prod ? "50Gi" : "5Gi" },
        // The hours of both dumps are document 004's and its source's.
        backup: dump(environment, { schedule: "0 2 * * *", size: prod ? "100Gi" : "10Gi" }),
        setup,
        database: "telemetry",
        user: "telemetry",
        password: { from: "generated" },
        superuserPassword: { from: "generated" },
        parameters: { max_connections: "200" },
      },
      sink: { resources: sized("100m", "128Mi", "500m", "256Mi") },
      retentionDays: 90,
      reader: { namespace: "grafana", user: "grafana", password: { from: "generated" } },
    },
    heatpumpSettings: {
      postgres: {
        mode: "bundled",
        data: "keep",
        image: "docker.io/library/postgres:16.10-alpine",
        runAsUser: 70,
        resources: prod
          ? sized("100m", "256Mi", "500m", "512Mi")
          : sized("50m", "64Mi", "200m", "128Mi"),
        volume: { size: prod ? "10Gi" : "2Gi" },
        backup: dump(environment, {
          schedule: "15 2 * * *",
          size: prod ? "20Gi" : "4Gi",
          job: "small",
        }),
        setup,
        database: "heatpump_settings",
        user: "heatpump_settings",
        password: { from: "generated" },
        superuserPassword: { from: "generated" },
      },
      sink: { resources: sized("50m", "64Mi", "200m", "128Mi") },
    },
    migration: setup,
  };
}
