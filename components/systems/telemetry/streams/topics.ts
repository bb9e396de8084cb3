import { deadLetterTopic, type Stream, type StreamName } from "./model";

export interface TopicOptions {
  readonly partitions: number;
  readonly replicationFactor: number;
  /** How long messages are kept, for each stream. */
  readonly retentionHours: Readonly<Record<StreamName, number>>;
  readonly deadLetterRetentionHours: number;
}

interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly retentionMs: number;
}

/** The topics of all streams, each with that of its dead letters. */
export function topicsOf(streams: readonly Stream[], options: TopicOptions): readonly Topic[] {
  const { partitions, retentionHours, deadLetterRetentionHours } = options;
  return streams.flatMap(({ name, kafkaTopic }) => [
    { name: kafkaTopic, partitions, retentionMs: milliseconds(retentionHours[name]) },
    {
      name: deadLetterTopic(kafkaTopic),
      partitions: 1,
      retentionMs: milliseconds(deadLetterRetentionHours),
    },
  ]);
}

/**
 * A script for the tools of Kafka that makes the topics as they should be. It may run at any time. The
 * replication factor counts for new topics alone; moving replicas is an operator's decision.
 */
export function topicsScript(streams: readonly Stream[], options: TopicOptions): string {
  const replication = positive("replicationFactor", options.replicationFactor);
  positive("partitions", options.partitions);
  const topics = topicsOf(streams, options);
  const each = (command: string): string =>
    topics
      .map(
        ({ name, partitions, retentionMs }) =>
          `${command} ${name} ${String(partitions)} ${String(retentionMs)}`,
      )
      .join("\n");
  return `#!/bin/sh
# Makes the topics of the telemetry streams, and brings those that exist to their settings.
set -eu
tools="\${KAFKA_TOOLS:-/opt/kafka/bin}"
export LOG_DIR="\${LOG_DIR:-/tmp/kafka-tools}"

topics() {
  "$tools/kafka-topics.sh" --bootstrap-server "$KAFKA_BROKERS" "$@"
}

# One question for all: each start of a tool takes seconds.
described="$(topics --describe)"

# describe TOPIC KEY: the value of a key in the line of a topic, nothing where there is no such topic
describe() {
  printf '%s\\n' "$described" | awk -F '\\t' -v topic="Topic: $1" -v key="$2: " '
    { sub(/ +$/, "", $1) }
    $1 == topic { for (i = 2; i <= NF; i++) if (index($i, key) == 1) print substr($i, length(key) + 1) }'
}

# Kafka cannot take partitions away, and more of them than wanted would stay unseen.
check() {
  count="$(describe "$1" PartitionCount)"
  if [ -n "$count" ] && [ "$count" -gt "$2" ]; then
    echo "topic $1 has $count partitions, expected at most $2: partitions cannot be taken away; ask for $count, or delete the topic with what is in it" >&2
    return 1
  fi
}

ensure() {
  count="$(describe "$1" PartitionCount)"
  if [ -z "$count" ]; then
    topics --create --if-not-exists --topic "$1" --partitions "$2" \\
      --replication-factor ${String(replication)} --config "retention.ms=$3" >/dev/null
    echo "topic $1 is made: $2 partitions, kept for $3 ms"
    return 0
  fi
  if [ "$count" -lt "$2" ]; then
    topics --alter --topic "$1" --partitions "$2"
    echo "topic $1 has $2 partitions, up from $count"
  fi
  case ",$(describe "$1" Configs)," in
    *",retention.ms=$3,"*) echo "topic $1 is there" ;;
    *)
      "$tools/kafka-configs.sh" --bootstrap-server "$KAFKA_BROKERS" --alter \\
        --entity-type topics --entity-name "$1" --add-config "retention.ms=$3" >/dev/null
      echo "topic $1 is kept for $3 ms"
      ;;
  esac
}

${each("check")}
${each("ensure")}
`;
}

function milliseconds(hours: number): number {
  return positive("retention in hours", hours) * 3_600_000;
}

function positive(what: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`${what} is ${String(value)}, expected a whole number from 1 on`);
}
