import type * as pulumi from "@pulumi/pulumi";

import type { PhilotesSettings } from "../../../config/systems/philotes";
import { Component } from "../../component";
import { type Connection, endpointAt } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import { Ingress, ingressController, ingressUrl } from "../../kubernetes/ingress";
import { httpProbe, type Probes, startupProbe } from "../../kubernetes/probe";
import type { SecretBundle } from "../../kubernetes/secret-bundle";
import { Workload } from "../../kubernetes/workload";
import { type Scope, serviceHost } from "../../scope";
import { poolEnv, storeConnections, type Stores } from "./connections";
import { names } from "./names";

export type ApiSecrets = SecretBundle<"jwt-secret" | "admin-password">;

export interface ApiArgs {
  readonly scope: Scope;
  readonly settings: PhilotesSettings["api"];
  readonly environment: PhilotesSettings["environment"];
  readonly stores: Stores;
  /** Needed where the settings enable authentication. */
  readonly secrets: ApiSecrets | undefined;
}

const httpPort = 8080;

/** Philotes' management API. It answers /metrics on the port of everything else; nothing listens on 9090. */
export class PhilotesApi extends Component {
  /** The address by which people reach it. */
  readonly url: string;

  constructor(name: string, args: ApiArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:PhilotesApi", name, opts);
    const { scope, settings } = args;
    this.url = settings.ingress.enabled
      ? ingressUrl(settings.ingress)
      : `http://${serviceHost(scope, names.api)}:${String(httpPort)}`;
    const server = new Workload(
      this.child(),
      {
        scope,
        name: names.api,
        description: "Philotes' management API",
        image: settings.image,
        runAsUser: settings.runAsUser,
        resources: settings.resources,
        scaling: settings.scaling,
        env: { ...apiEnv(args, this.url), ...authEnv(args) },
        connections: [...storeConnections(args.stores), ...prometheus(args)],
        ports: { http: httpPort },
        serves: ["http"],
        callers: ingressController(scope.cluster, settings.ingress, "http"),
        probes,
        metrics: { port: "http", path: "/metrics" },
        drainSeconds: 10,
        gracePeriodSeconds: 45,
      },
      { parent: this },
    );
    if (settings.ingress.enabled) {
      new Ingress(
        this.child("ingress"),
        {
          scope,
          settings: settings.ingress,
          to: server.endpoint("http"),
          webSockets: false,
        },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}

/** Delays and limits are those of the sources' charts; readiness asks what the API depends on. */
const probes: Probes = {
  startup: startupProbe((timing) => httpProbe("/health/live", "http", timing), 60),
  readiness: httpProbe("/health/ready", "http", { initialDelaySeconds: 5 }),
  liveness: httpProbe("/health/live", "http", { initialDelaySeconds: 5 }),
};

function apiEnv({ settings, environment }: ApiArgs, url: string): Env {
  const { alerting, corsOrigins, database, prometheusUrl, rateLimit } = settings;
  return {
    ...poolEnv(database),
    PHILOTES_ALERTING_ENABLED: String(prometheusUrl !== undefined),
    PHILOTES_ALERTING_EVALUATION_INTERVAL: alerting.evaluationInterval,
    PHILOTES_ALERTING_NOTIFICATION_TIMEOUT: alerting.notificationTimeout,
    PHILOTES_ALERTING_RETENTION_DAYS: String(alerting.retentionDays),
    PHILOTES_API_BASE_URL: url,
    PHILOTES_API_CORS_ORIGINS: corsOrigins.join(","),
    PHILOTES_API_LISTEN_ADDR: `:${String(httpPort)}`,
    PHILOTES_API_RATE_LIMIT_BURST: String(rateLimit.burst),
    PHILOTES_API_RATE_LIMIT_RPS: String(rateLimit.requestsPerSecond),
    PHILOTES_API_READ_TIMEOUT: settings.readTimeout,
    PHILOTES_API_WRITE_TIMEOUT: settings.writeTimeout,
    PHILOTES_ENV: environment,
    PHILOTES_HEALTH_ENABLED: "true",
    PHILOTES_METRICS_ENABLED: "true",
    PHILOTES_VAULT_ENABLED: "false",
  };
}

function authEnv({ settings: { auth }, secrets }: ApiArgs): Env {
  if (!auth.enabled || secrets === undefined) return { PHILOTES_AUTH_ENABLED: "false" };
  return {
    PHILOTES_AUTH_ADMIN_EMAIL: auth.adminEmail ?? "",
    PHILOTES_AUTH_ADMIN_PASSWORD: secrets.ref("admin-password"),
    PHILOTES_AUTH_ENABLED: "true",
    PHILOTES_AUTH_JWT_SECRET: secrets.ref("jwt-secret"),
  };
}

/** Alerts are judged by what Prometheus knows. */
function prometheus({ scope, settings: { prometheusUrl } }: ApiArgs): Connection[] {
  if (prometheusUrl === undefined) return [];
  return [
    {
      to: endpointAt(scope, "prometheus", prometheusUrl),
      env: { PHILOTES_PROMETHEUS_URL: prometheusUrl },
    },
  ];
}
