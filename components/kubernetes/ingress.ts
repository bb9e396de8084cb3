import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Ingress as IngressSettings } from "../../config/blocks";
import type { ClusterSettings } from "../../config/cluster";
import { Component } from "../component";
import { type Labels, objectLabels } from "../labels";
import type { Scope } from "../scope";
import { admit, type Caller, type Endpoint } from "./connection";
import { exception } from "./exception";

export interface IngressArgs {
  readonly scope: Scope;
  readonly settings: IngressSettings;
  /** The Service that is reached. */
  readonly to: Pick<Endpoint, "name" | "port" | "ready">;
  /** Its clients keep a WebSocket open, so that a short time-out of the proxy would cut them off. */
  readonly webSockets: boolean;
}

/** A workload's way in from outside the cluster, over TLS where the settings name a certificate. */
export class Ingress extends Component {
  /** The public address. */
  readonly url: string;

  constructor(name: string, args: IngressArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:Ingress", name, opts);
    const { scope, settings, to } = args;
    const host = settings.host ?? "";
    const { tls } = settings;
    new k8s.networking.v1.Ingress(
      this.child(),
      {
        metadata: {
          name: to.name,
          namespace: scope.namespace,
          labels: objectLabels(scope, to.name),
          annotations: annotationsOf(args),
        },
        spec: {
          ingressClassName: settings.className,
          rules: [
            {
              host,
              http: {
                paths: [
                  {
                    path: "/",
                    pathType: "Prefix",
                    backend: { service: { name: to.name, port: { number: to.port } } },
                  },
                ],
              },
            },
          ],
          ...(tls === undefined
            ? {}
            : {
                tls: [
                  {
                    hosts: [host],
                    secretName: tls.from === "secret" ? tls.secretName : `${to.name}-tls`,
                  },
                ],
              }),
        },
      },
      this.childOptions([...scope.exists, ...to.ready]),
    );
    this.admitSolver(args);
    this.url = ingressUrl(settings);
    this.registerOutputs();
  }

  /** The default deny would keep the challenge from the solver, and no certificate would ever come. */
  private admitSolver({ scope, settings, to }: IngressArgs): void {
    const controller = scope.cluster.ingressClasses[settings.className];
    if (settings.tls?.from !== "issuer" || controller === undefined) return;
    const opts = this.childOptions(scope.exists);
    scope.inventory.certificates.push(`${to.name}-tls`);
    const side = { scope, name: `${to.name}-solver`, labels: solver.labels, opts };
    const peer = { kind: "namespace", namespace: controller.namespace } as const;
    const excepted = exception("network-policy-aimed", "cert-manager runs these pods");
    admit(side, this.child("solver"), { name: "ingress", peer }, [solver.port], excepted);
  }
}

/** The public address of what an ingress leads to. */
export function ingressUrl({ tls, host = "" }: IngressSettings): string {
  return `${tls === undefined ? "http" : "https"}://${host}`;
}

/** What cert-manager calls the pod that answers an HTTP-01 challenge, and the port that it listens on. */
const solver = { labels: { "acme.cert-manager.io/http01-solver": "true" }, port: 8089 };

/** The controller of an ingress class, as a caller of the ports that it forwards to. */
export function ingressController(
  cluster: ClusterSettings,
  settings: IngressSettings,
  port: string,
): Caller[] {
  const ingressClass = cluster.ingressClasses[settings.className];
  if (!settings.enabled || ingressClass === undefined) return [];
  const peer = { kind: "namespace", namespace: ingressClass.namespace } as const;
  return [{ name: "ingress", peer, ports: [port] }];
}

/** What the settings ask for, in the words of the controller that serves the class. */
function annotationsOf({ scope, settings, webSockets }: IngressArgs): Labels {
  const controller = scope.cluster.ingressClasses[settings.className]?.controller;
  const issuer: Labels =
    settings.tls?.from === "issuer"
      ? { "cert-manager.io/cluster-issuer": settings.tls.clusterIssuer }
      : {};
  return {
    ...issuer,
    ...(controller === "nginx" ? nginx(settings, webSockets) : traefik(settings)),
    ...settings.annotations,
  };
}

/** nginx redirects to TLS by itself, and cuts a silent connection after 60 seconds unless told otherwise. */
function nginx(settings: IngressSettings, webSockets: boolean): Labels {
  const prefix = "nginx.ingress.kubernetes.io";
  return {
    ...(webSockets
      ? { [`${prefix}/proxy-read-timeout`]: "3600", [`${prefix}/proxy-send-timeout`]: "3600" }
      : {}),
    ...(settings.requestsPerSecond === undefined
      ? {}
      : { [`${prefix}/limit-rps`]: String(settings.requestsPerSecond) }),
  };
}

/** traefik serves a router on every entry point, the plain one too, unless told otherwise; WebSockets need nothing. */
function traefik(settings: IngressSettings): Labels {
  return settings.tls === undefined
    ? {}
    : {
        "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
        "traefik.ingress.kubernetes.io/router.tls": "true",
      };
}
