import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { Component } from "../component";
import { objectLabels } from "../labels";
import type { Scope } from "../scope";
import type { Alert } from "./alert";
import type { Row } from "./dashboard";
import { dashboard } from "./dashboard-config";
import { namespaceAlerts } from "./namespace-alerts";
import { systemDashboard } from "./system-dashboard";

export interface MonitoringArgs {
  /** What people call the system. */
  readonly title: string;
  /** Its namespaces with what only this system has to alert on; the dashboard is in the first one. */
  readonly namespaces: readonly [Watched, ...Watched[]];
  /** What only this system has to show. */
  readonly rows?: readonly Row[];
}

export interface Watched {
  readonly scope: Scope;
  readonly alerts?: readonly Alert[];
}

/**
 * How people watch a system: alerting rules in each of its namespaces, and a dashboard. It reads what the
 * parts have noted of themselves, so it comes after them all. Nothing runs, nothing is watched: a system
 * that is off has neither.
 */
export class Monitoring extends Component {
  constructor(name: string, args: MonitoringArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("observability:Monitoring", name, opts);
    const { title, namespaces, rows = [] } = args;
    const [home, ...others] = namespaces;
    if (home.scope.cluster.capabilities.prometheusOperator && namespaces.some(runs)) {
      for (const watched of namespaces) this.rule(watched);
      const scopes = [home, ...others].map(({ scope }) => scope) as [Scope, ...Scope[]];
      dashboard(
        this.child("dashboard"),
        { scope: home.scope, name: "dashboard", description: systemDashboard(title, scopes, rows) },
        this.childOptions(home.scope.exists),
      );
    }
    this.registerOutputs();
  }

  private rule(watched: Watched): void {
    const { scope, alerts = [] } = watched;
    const all = [...namespaceAlerts(scope), ...(runs(watched) ? alerts : [])];
    if (all.length === 0) return;
    const name = "alerts";
    new k8s.apiextensions.CustomResource(
      this.child(scope.namespace),
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: {
          name,
          namespace: scope.namespace,
          labels: { ...objectLabels(scope, name), ...scope.cluster.monitorLabels },
        },
        spec: { groups: [{ name: scope.namespace, rules: all.map((one) => rule(scope, one)) }] },
      },
      this.childOptions(scope.exists),
    );
  }
}

function runs({ scope: { inventory } }: Watched): boolean {
  return inventory.servers.length > 0;
}

/** A rule as Prometheus reads it. Some expressions lose the namespace; the rule knows it. */
function rule({ namespace, system, cluster }: Scope, alert: Alert): object {
  const { name, expr, severity, summary, description, runbook } = alert;
  return {
    alert: name,
    expr,
    for: alert.for,
    labels: { severity, namespace, system },
    annotations: {
      summary: `${summary} (${namespace})`,
      description,
      runbook_url: `${cluster.runbookUrl ?? "docs/RUNBOOKS.md"}#${runbook}`,
    },
  };
}
