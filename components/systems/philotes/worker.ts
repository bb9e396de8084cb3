import * as pulumi from "@pulumi/pulumi";

import type { PhilotesSettings, Shard } from "../../../config/systems/philotes";
import { Component } from "../../component";
import type { Env } from "../../kubernetes/env";
import { httpProbe, type Probes, startupProbe } from "../../kubernetes/probe";
import type { WorkloadScaling } from "../../kubernetes/scaling";
import { Workload } from "../../kubernetes/workload";
import type { Scope } from "../../scope";
import { poolEnv, storeConnections, type Stores } from "./connections";
import { workerName } from "./names";
import type { SourceDatabase } from "./source";

type Settings = PhilotesSettings["worker"];

export interface WorkerArgs {
  readonly scope: Scope;
  readonly settings: Settings;
  readonly environment: PhilotesSettings["environment"];
  readonly shard: Shard;
  readonly source: SourceDatabase;
  readonly stores: Stores;
}

const healthPort = 8081;

/**
 * The reader of one replication slot. A slot serves one reader, so there is one replica, and the old
 * one lets go before the new one comes. More throughput is one more shard.
 */
export class PhilotesWorker extends Component {
  constructor(name: string, args: WorkerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:PhilotesWorker", name, opts);
    const { scope, settings, shard, source } = args;
    const reader = new Workload(
      this.child(),
      {
        scope,
        name: workerName(shard.name),
        description: `Reads the changes of slot ${shard.slot} and writes them to Iceberg tables`,
        image: settings.image,
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        exclusive: true,
        scaling: scalingBy(args),
        env: { ...programEnv(args), ...pipelineEnv(settings), ...shardEnv(shard) },
        connections: [source.connection, ...storeConnections(bufferingIn(shard, args.stores))],
        ports: { health: healthPort },
        serves: ["health"],
        probes,
        // What is buffered is written, and the position in the log noted.
        gracePeriodSeconds: 60,
      },
      { parent: this },
    );
    if (settings.scaling.type === "keda" && !scope.cluster.capabilities.keda) {
      announceUnmeasured(workerName(shard.name), reader);
    }
    this.registerOutputs();
  }
}

/** Delays and limits are those of the sources' charts; readiness asks the source and the stores. */
const probes: Probes = {
  startup: startupProbe((timing) => httpProbe("/health/live", "health", timing), 120),
  readiness: httpProbe("/health/ready", "health", { initialDelaySeconds: 10 }),
  liveness: httpProbe("/health/live", "health", { initialDelaySeconds: 10 }),
};

/**
 * What is measured of a slot that holds nothing because it was lost or is not there, in bytes: more than
 * any log, so that whoever watches is told. The reader misses changes then.
 */
export const lostSlotBytes = 2 ** 50;

/**
 * Bytes of the log that the source keeps for the slot. The sources' document asks for those behind
 * `confirmed_flush_lsn`, and for 0 while there is no slot. But the log is kept from `restart_lsn`, which
 * may be far behind, and is null for a slot that is lost; the number of readers is one either way, and
 * nobody else here asks the source.
 */
export function lagQuery(slot: string): string {
  return (
    "SELECT COALESCE((SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) " +
    `FROM pg_replication_slots WHERE slot_name = '${slot}'), ${String(lostSlotBytes)})::bigint`
  );
}

/** From one to one: none would leave the slot's log to grow, and a second one could not attach to it. */
function scalingBy({ scope, settings, shard, source }: WorkerArgs): WorkloadScaling {
  const { scaling } = settings;
  if (scaling.type === "fixed" || !scope.cluster.capabilities.keda) {
    return { type: "fixed", replicas: 1 };
  }
  const { endpoint, database, user, password, tlsMode } = source;
  return {
    type: "keda",
    minReplicas: 1,
    maxReplicas: 1,
    pollingIntervalSeconds: scaling.pollingIntervalSeconds,
    cooldownSeconds: scaling.cooldownSeconds,
    trigger: {
      type: "postgresql",
      metadata: {
        host: endpoint.host,
        port: String(endpoint.port),
        userName: user,
        dbName: database,
        sslmode: tlsMode,
        query: lagQuery(shard.slot),
        targetQueryValue: String(scaling.targetLagBytes),
      },
      secrets: { password },
      endpoint,
    },
  };
}

/** Says in the preview that a choice of the settings has no effect here, so that nobody relies on it. */
function announceUnmeasured(name: string, resource: pulumi.Resource): void {
  void pulumi.log.info(
    `${name} runs one fixed replica: its scaling is keda, and this cluster has no KEDA`,
    resource,
  );
}

/** Buffered changes are known by their source database alone, so each shard has a database for them. */
function bufferingIn({ bufferDatabase }: Shard, { database, ...stores }: Stores): Stores {
  return { ...stores, database: { ...database, name: bufferDatabase ?? database.name } };
}

function programEnv({ settings, environment }: WorkerArgs): Env {
  return {
    ...poolEnv(settings.database),
    PHILOTES_ENV: environment,
    PHILOTES_HEALTH_ENABLED: "true",
    PHILOTES_HEALTH_LISTEN_ADDR: `:${String(healthPort)}`,
    PHILOTES_HEALTH_READINESS_TIMEOUT: settings.readinessTimeout,
    PHILOTES_METRICS_ENABLED: "true",
    PHILOTES_VAULT_ENABLED: "false",
  };
}

function pipelineEnv({ cdc, buffer, retry, deadLetters, backpressure }: Settings): Env {
  return {
    PHILOTES_BACKPRESSURE_CHECK_INTERVAL: backpressure.checkInterval,
    PHILOTES_BACKPRESSURE_ENABLED: String(backpressure.enabled),
    PHILOTES_BACKPRESSURE_HIGH_WATERMARK: String(backpressure.highWatermark),
    PHILOTES_BACKPRESSURE_LOW_WATERMARK: String(backpressure.lowWatermark),
    PHILOTES_BUFFER_CLEANUP_INTERVAL: buffer.cleanupInterval,
    PHILOTES_BUFFER_ENABLED: String(buffer.enabled),
    PHILOTES_BUFFER_RETENTION: buffer.retention,
    PHILOTES_CDC_BATCH_SIZE: String(cdc.batchSize),
    PHILOTES_CDC_BUFFER_SIZE: String(cdc.bufferSize),
    PHILOTES_CDC_CHECKPOINT_ENABLED: "true",
    PHILOTES_CDC_CHECKPOINT_INTERVAL: cdc.checkpointInterval,
    PHILOTES_CDC_FLUSH_INTERVAL: cdc.flushInterval,
    PHILOTES_DLQ_ENABLED: String(deadLetters.enabled),
    PHILOTES_DLQ_RETENTION: deadLetters.retention,
    PHILOTES_RETRY_INITIAL_INTERVAL: retry.initialInterval,
    PHILOTES_RETRY_MAX_ATTEMPTS: String(retry.maxAttempts),
    PHILOTES_RETRY_MAX_INTERVAL: retry.maxInterval,
    PHILOTES_RETRY_MULTIPLIER: String(retry.multiplier),
  };
}

function shardEnv({ slot, publication, tables }: Shard): Env {
  return {
    PHILOTES_CDC_PUBLICATION: publication,
    PHILOTES_CDC_REPLICATION_SLOT: slot,
    ...(tables.length === 0 ? {} : { PHILOTES_CDC_TABLES: tables.join(",") }),
  };
}
