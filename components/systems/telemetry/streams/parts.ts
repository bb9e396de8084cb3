/** Marks what a mapping could not deal with at all; messages that it judged bad have a reason already. */
export const reasonOfFailure = {
  catch: [{ mapping: "meta reason = error()" }],
};

/** What the counters of the outputs for dead letters are labelled with: this, or this and more. */
export const deadLetterLabel = "dead_letters";

export interface KafkaTarget {
  /** By which the counters of this output are told from others; unique in its stream. */
  readonly label?: string;
  readonly topic: string;
  readonly key?: string;
  /** Set beside `reason`, which says why a message is a dead letter. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An output to Kafka. Messages go one batch at a time, in order, and count as written when all
 * replicas that are in sync have them.
 */
export function toKafka({ label, topic, key, headers }: KafkaTarget): object {
  const names = headers === undefined ? [] : ["reason", ...Object.keys(headers)];
  return {
    ...(label === undefined ? {} : { label }),
    kafka_franz: {
      seed_brokers: ["${KAFKA_BROKERS}"],
      topic,
      ...(key === undefined ? {} : { key }),
      client_id: "telemetry",
      compression: "snappy",
      idempotent_write: true,
      max_in_flight: 1,
      ...(headers === undefined
        ? {}
        : { metadata: { include_patterns: [`^(${names.join("|")})$`] } }),
    },
    ...(headers === undefined
      ? {}
      : {
          processors: [
            {
              mapping: Object.entries(headers)
                .map(([name, value]) => `meta ${name} = ${JSON.stringify(value)}`)
                .join("\n"),
            },
          ],
        }),
  };
}
