import type * as pulumi from "@pulumi/pulumi";

import type { TelemetrySettings } from "../../../config/systems/telemetry";
import { telemetryDemand } from "../../../config/systems/telemetry-demand";
import { Component } from "../../component";
import { authority } from "../../kubernetes/connection";
import { Namespace } from "../../kubernetes/namespace";
import { type Place, type Retention, retention, type Scope } from "../../scope";
import { secretNames } from "../secret-names";
import { Bridge } from "./bridge";
import { Legacy } from "./legacy";
import { TelemetryMonitoring } from "./monitoring";
import { Sink } from "./sink";

export interface TelemetryArgs {
  readonly place: Place;
  readonly settings: TelemetrySettings;
  /** Whether the old stack is there to be touched; it is not while the program only renders. */
  readonly touchesLegacy: boolean;
}

/** Where to find what runs, and in which Secrets to look; never a secret's value. */
export interface TelemetryOutputs {
  readonly phase: TelemetrySettings["phase"];
  readonly namespaces: TelemetrySettings["namespaces"];
  readonly timescaledb?: string | undefined;
  readonly heatpumpSettings?: string | undefined;
  readonly secretNames: readonly string[];
}

/**
 * The telemetry stack in three namespaces: a bridge from MQTT to Kafka, TimescaleDB with its sink, and
 * the heat pump's settings with theirs. It runs beside an old stack, and takes over from it.
 * @stateful
 */
export class Telemetry extends Component {
  readonly outputs: TelemetryOutputs | undefined;

  constructor(name: string, args: TelemetryArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Telemetry", name, opts);
    const { place, settings } = args;
    const kept = retention(place.posture, settings.enabled, settings.data);
    if (kept.declared) this.outputs = this.build(args, kept);
    this.registerOutputs();
  }

  private build(
    { place, settings, touchesLegacy }: TelemetryArgs,
    kept: Retention,
  ): TelemetryOutputs {
    const { enabled, namespaces, timescaledb } = settings;
    const part = { parent: this };
    const bridge = this.namespace(place, settings, "bridge", kept);
    const { kafka, secretName } = new Bridge(
      this.child("bridge"),
      { scope: bridge, settings, enabled },
      part,
    );
    const storing = this.namespace(place, settings, "timescaledb", kept);
    const measurements = new Sink(
      this.child("timescaledb"),
      {
        scope: storing,
        which: "telemetry",
        server: { name: "timescaledb", secretName: "timescaledb-credentials" },
        settings,
        extensions: ["timescaledb"],
        reader: timescaledb.reader,
        kafka,
        retention: kept,
      },
      part,
    );
    const knowing = this.namespace(place, settings, "heatpumpSettings", kept);
    const heatpump = new Sink(
      this.child("heatpump-settings"),
      {
        scope: knowing,
        which: "settings",
        server: { name: "postgres", secretName: "postgres-credentials" },
        settings,
        extensions: [],
        kafka,
        retention: kept,
      },
      part,
    );
    new TelemetryMonitoring(
      this.child("monitoring"),
      {
        settings,
        bridge,
        timescaledb: storing,
        heatpumpSettings: knowing,
        database: measurements.database,
        reader: measurements.reader,
      },
      part,
    );
    if (enabled && touchesLegacy) new Legacy(this.child("legacy"), { settings }, part);
    return {
      phase: settings.phase,
      namespaces,
      timescaledb: measurements.database && authority(measurements.database.endpoint),
      heatpumpSettings: heatpump.database && authority(heatpump.database.endpoint),
      secretNames: secretNames(secretName, ...measurements.secretNames, ...heatpump.secretNames),
    };
  }

  private namespace(
    place: Place,
    settings: TelemetrySettings,
    which: keyof TelemetrySettings["namespaces"],
    kept: Retention,
  ): Scope {
    const { enabled, data, quota, namespaces } = settings;
    return new Namespace(
      this.child(suffixes[which]),
      {
        place,
        belonging: { system: "telemetry", instance: this.child() },
        settings: { enabled, data, quota, namespace: namespaces[which] },
        demand: telemetryDemand(settings)[which],
        retention: kept,
      },
      { parent: this },
    ).scope;
  }
}

const suffixes = {
  bridge: "bridge-namespace",
  timescaledb: "timescaledb-namespace",
  heatpumpSettings: "heatpump-settings-namespace",
} as const;
