import type * as pulumi from "@pulumi/pulumi";

import type { TelemetrySettings } from "../../../config/systems/telemetry";
import { Component } from "../../component";
import { ConfigFiles } from "../../kubernetes/config-files";
import { authority, type Endpoint, externalEndpoint } from "../../kubernetes/connection";
import { OneShotJob } from "../../kubernetes/job";
import { SecretBundle } from "../../kubernetes/secret-bundle";
import { given, roleIn, type Scope } from "../../scope";
import { Connect } from "./connect";
import { ownName } from "./names";
import { bridgeName } from "./stream-alerts";
import { bridgeFiles, type MqttSession, topicScript } from "./streams";

export interface BridgeArgs {
  readonly scope: Scope;
  readonly settings: TelemetrySettings;
  readonly enabled: boolean;
}

/** From MQTT to Kafka: the topics, then the bridge that fills them. */
export class Bridge extends Component {
  /** Kafka's brokers, once the topics are there; undefined while off. */
  readonly kafka: Endpoint | undefined;
  readonly secretName: string | undefined;

  constructor(logicalName: string, args: BridgeArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("systems:Bridge", logicalName, opts);
    const { scope, settings, enabled } = args;
    const { mqtt } = settings;
    const credentials = mqtt.credentials && this.credentials(scope, mqtt.credentials);
    this.secretName = credentials?.secretName;
    if (enabled && credentials !== undefined) {
      const kafka = this.topics(args);
      const broker = externalEndpoint(scope, "mqtt", mqtt.host, mqtt.port);
      new Connect(
        this.child(),
        {
          scope: roleIn(scope, "bridge"),
          name: bridgeName,
          description: "Takes the devices' messages from MQTT to Kafka",
          settings: settings.connect,
          resources: settings.bridge.resources,
          files: bridgeFiles({ session: sessionOf(scope, mqtt) }),
          connections: [
            {
              to: broker,
              env: {
                MQTT_ADDRESS: authority(broker),
                MQTT_PASSWORD: credentials.ref("MQTT_PASSWORD"),
                MQTT_USER: credentials.ref("MQTT_USER"),
              },
            },
            { to: kafka, env: { KAFKA_BROKERS: authority(kafka) } },
          ],
          paused: settings.paused,
        },
        { parent: this },
      );
      this.kafka = kafka;
    }
    this.registerOutputs();
  }

  private credentials(
    scope: Scope,
    { user, password }: NonNullable<TelemetrySettings["mqtt"]["credentials"]>,
  ): SecretBundle<"MQTT_USER" | "MQTT_PASSWORD"> {
    return new SecretBundle(
      this.child("credentials"),
      {
        scope,
        name: "mqtt-credentials",
        entries: {
          MQTT_USER: { choice: user, length: 0 },
          MQTT_PASSWORD: { choice: password, length: 0 },
        },
        retention: given,
      },
      { parent: this },
    );
  }

  /** One address of the brokers for everybody, ready when all topics are as the settings want them. */
  private topics({ scope, settings: { kafka } }: BridgeArgs): Endpoint {
    const brokers = externalEndpoint(scope, "kafka", kafka.host, kafka.port);
    const inRole = roleIn(scope, "topics");
    const files = new ConfigFiles(
      this.child("topics"),
      { scope: inRole, name: "kafka-topics", files: { "topics.sh": topicScript(kafka) } },
      { parent: this },
    );
    const made = new OneShotJob(
      this.child("topics"),
      {
        scope: inRole,
        name: "kafka-topics",
        description: "Makes the topics of the streams and of their dead letters",
        image: kafka.image,
        command: ["/bin/sh", "/topics/topics.sh"],
        runAsUser: kafka.runAsUser,
        resources: kafka.setup.resources,
        deadlineSeconds: kafka.setup.deadlineSeconds,
        connections: [{ to: brokers, env: { KAFKA_BROKERS: authority(brokers) } }],
        mounts: [{ kind: "files", files, path: "/topics" }],
      },
      { parent: this },
    );
    return { ...brokers, ready: made.done };
  }
}

/** A client id is one bridge's own: two with the same would disconnect each other. */
function sessionOf(scope: Scope, { session }: TelemetrySettings["mqtt"]): MqttSession {
  return session === "clean" ? { kind: "clean" } : { kind: "persistent", clientId: ownName(scope) };
}
