import type * as pulumi from "@pulumi/pulumi";

import type { TelemetrySettings } from "../../../config/systems/telemetry";
import { Component } from "../../component";
import { type Row, uidOf } from "../../observability/dashboard";
import { dashboard } from "../../observability/dashboard-config";
import { Datasource } from "../../observability/datasource";
import { Monitoring } from "../../observability/monitoring";
import { series } from "../../observability/promql";
import { plot } from "../../observability/system-dashboard";
import type { Scope } from "../../scope";
import type { Database } from "../../services/database";
import { measurementsDashboard } from "./measurements";
import type { Reader } from "./sink";
import { bridgeAlerts, bridgeName, sinkAlerts, sinkName } from "./stream-alerts";
import { deadLetterLabel } from "./streams";

export interface TelemetryMonitoringArgs {
  readonly settings: TelemetrySettings;
  readonly bridge: Scope;
  readonly timescaledb: Scope;
  readonly heatpumpSettings: Scope;
  /** The measurements; undefined while off. */
  readonly database: Database | undefined;
  readonly reader: Reader;
}

/** How people watch the streams, and look at what they carry. */
export class TelemetryMonitoring extends Component {
  constructor(
    name: string,
    args: TelemetryMonitoringArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("systems:TelemetryMonitoring", name, opts);
    const { settings, bridge, timescaledb, heatpumpSettings, database } = args;
    new Monitoring(
      this.child("system"),
      {
        title: "Telemetry",
        namespaces: [
          { scope: timescaledb, alerts: sinkAlerts(timescaledb, "telemetry", settings) },
          { scope: bridge, alerts: bridgeAlerts(bridge, settings) },
          { scope: heatpumpSettings, alerts: sinkAlerts(heatpumpSettings, "settings", settings) },
        ],
        rows: [streamRow([bridge, timescaledb, heatpumpSettings])],
      },
      { parent: this },
    );
    if (database !== undefined && timescaledb.cluster.capabilities.prometheusOperator) {
      this.measurements(args, database);
    }
    this.registerOutputs();
  }

  /** The datasource and its dashboard know each other by name, whether or not Grafana has them yet. */
  private measurements(
    { settings, timescaledb: scope, reader }: TelemetryMonitoringArgs,
    database: Database,
  ): void {
    const uid = uidOf(scope.namespace, "measurements");
    const { user } = settings.timescaledb.reader;
    new Datasource(
      this.child("datasource"),
      {
        scope,
        name: "measurements-datasource",
        uid,
        title: `Measurements (${scope.namespace})`,
        database,
        user,
        ...reader,
      },
      { parent: this },
    );
    dashboard(
      this.child("measurements"),
      { scope, name: "measurements-dashboard", description: measurementsDashboard(uid, uid) },
      this.childOptions(scope.exists),
    );
  }
}

function streamRow(scopes: readonly Scope[]): Row {
  const which = {
    namespace: scopes.map(({ namespace }) => namespace),
    job: [bridgeName, sinkName],
  };
  const rate = (counter: string): string =>
    `sum by (namespace, stream) (rate(${counter}[$__rate_interval]))`;
  const letters = { ...which, label: [deadLetterLabel, `${deadLetterLabel}_refused`] };
  return {
    title: "Streams",
    panels: [
      plot(
        "Messages taken in",
        "cps",
        rate(series("input_received", which)),
        "{{namespace}} {{stream}}",
      ),
      plot(
        "Messages handed on",
        "cps",
        rate(series("output_sent", which)),
        "{{namespace}} {{stream}}",
      ),
      plot(
        "Attempts that failed",
        "cps",
        rate(series("output_error", which)),
        "{{namespace}} {{stream}}",
      ),
      plot(
        "Inputs that are connected",
        "bool_on_off",
        `${series("input_connection_up", which)} - ${series("input_connection_lost", which)}`,
        "{{namespace}} {{stream}}",
      ),
      plot(
        "Dead letters of the hour before",
        "short",
        `sum by (namespace, stream) (increase(${series("output_sent", letters)}[1h]))`,
        "{{namespace}} {{stream}}",
      ),
    ],
  };
}
