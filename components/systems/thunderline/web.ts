import type * as pulumi from "@pulumi/pulumi";

import { Component } from "../../component";
import { Ingress, ingressController } from "../../kubernetes/ingress";
import { Workload } from "../../kubernetes/workload";
import { type Scope, serviceHost } from "../../scope";
import {
  type Application,
  applicationConnections,
  applicationProbes,
  clusterEnv,
  httpPort,
  peerPorts,
  serverEnv,
} from "./application";

export interface WebArgs {
  readonly scope: Scope;
  readonly app: Application;
  readonly migrated: readonly pulumi.Resource[];
}

/** The Phoenix web server: dashboard, API and LiveView. */
export class Web extends Component {
  /** The address by which people reach it. */
  readonly url: string;

  constructor(name: string, args: WebArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Web", name, opts);
    const { scope, app, migrated } = args;
    const { web, app: release } = app.settings;
    const server = new Workload(
      this.child(),
      {
        scope,
        name: "web",
        description: "Phoenix web server: dashboard, API and LiveView",
        image: release.image,
        runAsUser: release.runAsUser,
        resources: web.resources,
        scaling: web.scaling,
        env: { ...serverEnv(app, publicHost(app), false), ...clusterEnv(app, scope, "web") },
        connections: applicationConnections(app),
        ports: { http: httpPort },
        serves: ["http"],
        peerPorts,
        callers: ingressController(scope.cluster, web.ingress, "http"),
        probes: applicationProbes,
        metrics: { port: "http", path: "/api/metrics" },
        drainSeconds: 10,
        gracePeriodSeconds: 45,
        after: migrated,
      },
      { parent: this },
    );
    this.url = web.ingress.enabled
      ? new Ingress(
          this.child("ingress"),
          { scope, settings: web.ingress, to: server.endpoint("http"), webSockets: true },
          { parent: this },
        ).url
      : `http://${serviceHost(scope, "web")}:${String(httpPort)}`;
    this.registerOutputs();
  }
}

/** The host that browsers show: Phoenix refuses a LiveView socket from any other, and every button is dead. */
export function publicHost({ settings: { web } }: Application): string {
  return (web.ingress.enabled ? web.ingress.host : web.host) ?? "localhost";
}
