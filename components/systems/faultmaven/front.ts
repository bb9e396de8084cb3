import type * as pulumi from "@pulumi/pulumi";

import type { Ingress as IngressSettings, ServiceSettings } from "../../../config/blocks";
import type { FaultMavenSettings } from "../../../config/systems/faultmaven";
import { Component } from "../../component";
import { Ingress } from "../../kubernetes/ingress";
import { service } from "../../kubernetes/service";
import { roleIn, type Scope, serviceHost } from "../../scope";
import type { Track } from "./track";

export interface FrontArgs {
  readonly scope: Scope;
  readonly settings: FaultMavenSettings;
  /** All that are up, in an order that no switch changes. */
  readonly tracks: readonly Track[];
}

interface Door {
  readonly suffix: "live" | "preview";
  readonly name: string;
  readonly track: Track;
  readonly service: ServiceSettings;
  readonly ingress: IngressSettings;
}

/** The port that clients inside the cluster knock on; document 002, 6.3. */
const port = 80;

/**
 * The ways in: one Service for the live track, and one for the track beside it. Which track is which
 * stands in their selectors alone. Both wait for every track, so that a switch waits for nothing new.
 */
export class Front extends Component {
  readonly url: string | undefined;
  readonly previewUrl: string | undefined;

  constructor(name: string, args: FrontArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Front", name, opts);
    const { settings, tracks } = args;
    const { ingress, preview: previewIngress } = settings;
    const live = tracks.find((track) => track.name === settings.live);
    const preview = tracks.find((track) => track.name !== settings.live);
    if (live !== undefined) {
      this.url = this.open(args, {
        suffix: "live",
        name: "faultmaven",
        track: live,
        service: settings.service,
        ingress,
      });
    }
    if (preview !== undefined) {
      this.previewUrl = this.open(args, {
        suffix: "preview",
        name: "faultmaven-preview",
        track: preview,
        service: { type: "ClusterIP" },
        ingress: previewIngress,
      });
    }
    this.registerOutputs();
  }

  private open({ scope, tracks }: FrontArgs, door: Door): string {
    const { suffix, name, track, ingress } = door;
    const inRole = roleIn(scope, "application");
    const opened = service(
      this.child(suffix),
      {
        scope: inRole,
        name,
        selector: track.server.podLabels,
        ports: [{ name: "http", port, targetPort: "http" }],
        settings: door.service,
      },
      this.childOptions([...scope.exists, ...tracks.flatMap(({ server }) => server.ready)]),
    );
    if (!ingress.enabled) return `http://${serviceHost(scope, name)}`;
    return new Ingress(
      this.child(`${suffix}-ingress`),
      {
        scope: inRole,
        settings: ingress,
        to: { name, port, ready: [opened] },
        webSockets: false,
      },
      { parent: this },
    ).url;
  }
}
