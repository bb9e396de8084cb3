import { envelopeMapping, filterMapping } from "./envelope";
import { deadLetterTopic, type Stream } from "./model";
import { deadLetterLabel, reasonOfFailure, toKafka } from "./parts";
import { streamYaml } from "./yaml";

/**
 * What the MQTT broker keeps for the bridge.
 *
 * `clean`: nothing. Messages that come while no bridge is connected are lost; none comes twice.
 *
 * `persistent`: the broker keeps messages of QoS 1 for this client, up to the broker's own limits.
 * Those that it has sent and that were not acknowledged come again after a reconnect, with another
 * time: at most as many as the broker's `max_inflight_messages` a stream. A client id must be used by
 * one bridge alone: two would disconnect each other.
 *
 * In both: Redpanda Connect 4.31 acknowledges a message when it takes it, not when Kafka has it. A
 * bridge that is asked to end finishes what it holds but for the message that it takes just then; one
 * that is killed loses the few that it holds.
 */
export type MqttSession =
  { readonly kind: "clean" } | { readonly kind: "persistent"; readonly clientId: string };

/** The stream of one topic, from MQTT to Kafka. */
export function bridgeStream(stream: Stream, session: MqttSession): string {
  const filter = filterMapping(stream);
  return streamYaml({
    input: {
      mqtt: {
        urls: ["tcp://${MQTT_ADDRESS}"],
        user: "${MQTT_USER}",
        password: "${MQTT_PASSWORD}",
        topics: [stream.mqttTopic],
        qos: 1,
        connect_timeout: "10s",
        ...sessionFields(stream, session),
      },
    },
    pipeline: {
      // One after another: the messages of a device stay in order, and no two have the same time.
      threads: 1,
      processors: [
        ...(filter === undefined ? [] : [{ mapping: filter }]),
        { mapping: envelopeMapping(stream) },
        reasonOfFailure,
      ],
    },
    output: {
      // Repeated here and not from the input, so that a message that Kafka has after all keeps its time.
      retry: {
        max_retries: 0,
        backoff: { initial_interval: "500ms", max_interval: "5s", max_elapsed_time: "0s" },
        output: {
          switch: {
            cases: [
              {
                check: "@reason != null",
                output: toKafka({
                  label: deadLetterLabel,
                  topic: deadLetterTopic(stream.kafkaTopic),
                  headers: { reader: "bridge", stream: stream.name },
                }),
              },
              { output: toKafka({ topic: stream.kafkaTopic, key: "${! @device }" }) },
            ],
          },
        },
      },
    },
  });
}

function sessionFields(stream: Stream, session: MqttSession): object {
  if (session.kind === "clean") {
    return {
      client_id: `bridge-${stream.name}-`,
      dynamic_client_id_suffix: "nanoid",
      clean_session: true,
    };
  }
  if (!/^[A-Za-z0-9-]{1,64}$/.test(session.clientId)) {
    throw new Error(
      `client id "${session.clientId}", expected up to 64 letters, digits and hyphens`,
    );
  }
  return { client_id: `${session.clientId}-${stream.name}`, clean_session: false };
}
