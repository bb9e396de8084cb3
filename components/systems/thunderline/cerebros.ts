import type * as pulumi from "@pulumi/pulumi";

import type { ThunderlineSettings } from "../../../config/systems/thunderline";
import { Component } from "../../component";
import { authority, type Connection, type Endpoint, endpointAt } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import { OneShotJob, ScheduledJob } from "../../kubernetes/job";
import type { Scope } from "../../scope";

export interface CerebrosArgs {
  readonly scope: Scope;
  readonly settings: ThunderlineSettings["cerebros"];
  readonly mlflow: Endpoint;
}

/**
 * Cerebros: a study that runs and ends, a service elsewhere, or nothing. Only a service answers
 * calls, so web and worker are told of Cerebros when there is one, and never of a port that nobody
 * listens on.
 */
export class Cerebros extends Component {
  /** What web and worker are told. */
  readonly env: Env;
  /** Where web and worker may connect to. */
  readonly connections: readonly Connection[];

  constructor(name: string, args: CerebrosArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Cerebros", name, opts);
    const { scope, settings } = args;
    this.env = { CEREBROS_ENABLED: String(settings.type === "external") };
    this.connections = [];
    switch (settings.type) {
      case "off":
        break;
      case "external":
        this.connections = [serviceConnection(scope, settings.url)];
        break;
      case "job":
        new OneShotJob(
          this.child(),
          { ...study(args, settings), awaited: false },
          { parent: this },
        );
        break;
      case "schedule": {
        const { schedule, suspended } = settings;
        new ScheduledJob(
          this.child(),
          { ...study(args, settings), schedule, suspended },
          { parent: this },
        );
      }
    }
    this.registerOutputs();
  }
}

function serviceConnection(scope: Scope, url: string): Connection {
  return {
    to: endpointAt(scope, "cerebros", url),
    env: { CEREBROS_MODE: "remote", CEREBROS_REMOTE_URL: url, CEREBROS_URL: url },
  };
}

type Study = Extract<ThunderlineSettings["cerebros"], { type: "job" | "schedule" }>;

function study(
  { scope, mlflow }: CerebrosArgs,
  settings: Study,
): ConstructorParameters<typeof OneShotJob>[1] {
  return {
    scope,
    name: "cerebros",
    description: "Runs one Cerebros study and records it in MLflow",
    image: settings.image,
    runAsUser: settings.runAsUser,
    resources: settings.resources,
    deadlineSeconds: settings.deadlineSeconds,
    // A study that failed once fails again; document 001 saw what endless tries cost.
    retries: 1,
    temporarySize: "10Gi",
    env: { HOME: "/tmp", MLFLOW_EXPERIMENT_NAME: settings.experiment },
    connections: [{ to: mlflow, env: { MLFLOW_TRACKING_URI: `http://${authority(mlflow)}` } }],
  };
}
