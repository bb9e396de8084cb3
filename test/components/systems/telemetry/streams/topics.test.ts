/** What the script asks of Kafka's tools, and the page of the streams; it is run in test/data. */
import {
  streamTable,
  type TopicOptions,
  topicScript,
} from "../../../../../components/systems/telemetry/streams";
import { columnsOf } from "../../../../../components/systems/telemetry/streams/model";
import { streams } from "../../../../../components/systems/telemetry/streams/streams";
import { topicsOf } from "../../../../../components/systems/telemetry/streams/topics";

const options: TopicOptions = {
  partitions: 3,
  replicationFactor: 2,
  retentionHours: {
    energy: 24,
    heatpump: 168,
    "temperature-indoor": 168,
    "temperature-outdoor": 168,
  },
  deadLetterRetentionHours: 336,
};

test("each stream has a topic, and one for its dead letters", () => {
  expect(topicsOf(streams, options)).toEqual(
    streams.flatMap(({ name, kafkaTopic }) => [
      {
        name: kafkaTopic,
        partitions: 3,
        retentionMs: options.retentionHours[name] * 3_600_000,
      },
      { name: `${kafkaTopic}-dead-letter`, partitions: 1, retentionMs: 336 * 3_600_000 },
    ]),
  );
});

test("all topics are checked before any is changed", () => {
  const script = topicScript(options);
  const lastCheck = script.lastIndexOf("\ncheck ");
  const firstChange = script.indexOf("\nensure homelab");
  expect(lastCheck).toBeGreaterThan(0);
  expect(lastCheck).toBeLessThan(firstChange);
  expect(script.match(/^ensure homelab.*$/gm)).toHaveLength(8);
});

test("the script names no broker", () => {
  expect(topicScript(options)).toContain('--bootstrap-server "$KAFKA_BROKERS"');
});

test.each([
  [{ partitions: 0 }, "partitions is 0"],
  [{ replicationFactor: 1.5 }, "replicationFactor is 1.5"],
  [{ deadLetterRetentionHours: -1 }, "retention in hours is -1"],
])("refuses %j", (wrong, message) => {
  expect(() => topicScript({ ...options, ...wrong })).toThrow(
    `${message}, expected a whole number from 1 on`,
  );
});

test("the page has a line for each column of each stream", () => {
  const lines = streamTable().split("\n");
  for (const { name, tables } of streams) {
    for (const table of tables) {
      for (const [column] of columnsOf(table)) {
        const start = `| ${name} | \`${table.name}\` | \`${column}\` |`;
        expect(lines.filter((line) => line.startsWith(start))).toHaveLength(1);
      }
    }
  }
});
