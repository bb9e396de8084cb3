import type * as pulumi from "@pulumi/pulumi";

import type { Scaling } from "../../../config/blocks";
import { Component } from "../../component";
import type { WorkloadScaling } from "../../kubernetes/scaling";
import { Workload } from "../../kubernetes/workload";
import type { Scope } from "../../scope";
import type { Database } from "../../services/database";
import {
  type Application,
  applicationConnections,
  applicationProbes,
  httpPort,
  serverEnv,
} from "./application";
import { publicHost } from "./web";

export interface WorkerArgs {
  readonly scope: Scope;
  readonly app: Application;
  /** Where Oban keeps its queue. */
  readonly database: Database;
  readonly migrated: readonly pulumi.Resource[];
}

/**
 * The Oban worker: the same release, told to run jobs. Its image opens the web port whatever the
 * settings say; that port serves the probes and Prometheus here, and has no Service.
 */
export class Worker extends Component {
  constructor(name: string, args: WorkerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Worker", name, opts);
    const { scope, app, database, migrated } = args;
    const { worker, app: release } = app.settings;
    new Workload(
      this.child(),
      {
        scope,
        name: "worker",
        description: "Oban worker: background jobs and machine learning pipelines",
        image: release.image,
        runAsUser: release.runAsUser,
        resources: worker.resources,
        scaling: scalingBy(worker.scaling, database),
        env: serverEnv(app, publicHost(app), true),
        connections: applicationConnections(app),
        ports: { http: httpPort },
        probes: applicationProbes,
        metrics: { port: "http", path: "/api/metrics" },
        // Oban finishes the jobs that it has begun.
        gracePeriodSeconds: 60,
        after: migrated,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** Without a worker nobody makes a job available whose time has come, so these count too. */
const dueJobs =
  "SELECT count(*) FROM oban_jobs WHERE state IN ('available', 'executing') " +
  "OR (state IN ('scheduled', 'retryable') AND scheduled_at <= now())";

/** KEDA counts the jobs that are due in Oban's own table. */
function scalingBy(scaling: Scaling, database: Database): WorkloadScaling {
  if (scaling.type !== "keda") return scaling;
  const { endpoint, name, user, password, tlsMode } = database;
  return {
    ...scaling,
    trigger: {
      type: "postgresql",
      metadata: {
        host: endpoint.host,
        port: String(endpoint.port),
        dbName: name,
        userName: user,
        sslmode: tlsMode,
        query: dueJobs,
        targetQueryValue: String(scaling.jobsPerReplica),
      },
      secrets: { password },
      endpoint,
    },
  };
}
