import type * as pulumi from "@pulumi/pulumi";

import type {
  FaultMavenSettings,
  Track as TrackSettings,
} from "../../../config/systems/faultmaven";
import { Component } from "../../component";
import { ConfigFiles, scriptText } from "../../kubernetes/config-files";
import type { Connection } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import { ingressController } from "../../kubernetes/ingress";
import { OneShotJob } from "../../kubernetes/job";
import type { Mount } from "../../kubernetes/pod";
import { httpProbe, type Probes, startupProbe } from "../../kubernetes/probe";
import { serviceCallers } from "../../kubernetes/service";
import { Workload } from "../../kubernetes/workload";
import { roleIn, type Scope } from "../../scope";

/** What both tracks have in common: the settings, the stores, and where files go. */
export interface Application {
  readonly settings: FaultMavenSettings;
  readonly database: Connection;
  /** Everything else that the application connects to. */
  readonly connections: readonly Connection[];
  readonly env: Env;
  readonly files: Mount;
}

export interface TrackArgs {
  readonly scope: Scope;
  readonly track: TrackSettings;
  readonly application: Application;
}

/** The name of a track's replicas. */
export function trackName({ name }: Pick<TrackSettings, "name">): string {
  return `faultmaven-${name}`;
}

/**
 * One release that is up: its migration, then its replicas. It does not know whether users reach it,
 * so that a switch of the live track changes nothing in it.
 */
export class Track extends Component {
  /** `blue` or `green`. */
  readonly name: TrackSettings["name"];
  readonly server: Workload;

  constructor(name: string, args: TrackArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Track", name, opts);
    this.name = args.track.name;
    const migration = this.migration(args);
    this.server = this.replicas(args, migration);
    this.registerOutputs();
  }

  private migration({ scope, track, application }: TrackArgs): OneShotJob {
    const { settings, database } = application;
    const name = `faultmaven-${track.name}-migration`;
    const inRole = roleIn(scope, "migration");
    const files = new ConfigFiles(
      this.child("migration"),
      { scope: inRole, name, files: { "migrate.py": scriptText(__dirname, "migrate.py") } },
      { parent: this },
    );
    return new OneShotJob(
      this.child("migration"),
      {
        scope: inRole,
        name,
        description: "Brings the database to the schema of the release",
        image: track.image,
        command: ["python", "/migration/migrate.py"],
        runAsUser: settings.app.runAsUser,
        resources: settings.migration.resources,
        deadlineSeconds: settings.migration.deadlineSeconds,
        env: {
          CONTRACTS: String(track.contracts),
          HOME: "/tmp",
          PYTHONDONTWRITEBYTECODE: "1",
          RELEASE: String(track.release),
        },
        connections: [database],
        mounts: [{ kind: "files", files, path: "/migration" }],
      },
      { parent: this },
    );
  }

  private replicas({ scope, track, application }: TrackArgs, migration: OneShotJob): Workload {
    const { settings, database, connections, env, files } = application;
    const { app, ingress, preview, service, tracks } = settings;
    // Either track may become the live one; both ways in are of one class.
    const wayIn = ingress.enabled || tracks.length === 1 ? ingress : preview;
    return new Workload(
      this.child(),
      {
        scope: roleIn(scope, "application"),
        name: trackName(track),
        description: "FaultMaven: dashboard, API and all modules in one process",
        image: track.image,
        // The image's own entry point would migrate in each replica, and its port is fixed.
        command: ["uvicorn", app.module, "--host", "0.0.0.0", "--port", String(app.port)],
        runAsUser: app.runAsUser,
        resources: app.resources,
        scaling: app.scaling,
        env,
        connections: [database, ...connections],
        ports: { http: app.port },
        callers: [
          ...ingressController(scope.cluster, wayIn, "http"),
          ...serviceCallers(service, "http"),
        ],
        probes,
        mounts: [files, { kind: "scratch", name: "logs", path: "/app/logs", sizeLimit: "256Mi" }],
        drainSeconds: 15,
        // After the drain, an answer of the model under way has the rest.
        gracePeriodSeconds: 60,
        after: migration.done,
      },
      { parent: this },
    );
  }
}

/** Document 002, 6.3; the time to start is that of a sibling of the authors. The routes answer constants: they ask no store. */
const probes: Probes = {
  startup: startupProbe((timing) => httpProbe("/health/live", "http", timing), 60),
  readiness: httpProbe("/health/ready", "http", {
    initialDelaySeconds: 10,
    periodSeconds: 5,
    timeoutSeconds: 3,
    failureThreshold: 2,
  }),
  liveness: httpProbe("/health/live", "http", {
    initialDelaySeconds: 30,
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 3,
  }),
};
