/**
 * Proves with the real Redpanda Connect and MQTT broker what a bridge without Kafka counts, which is what
 * its alert goes by: its client of Kafka tries inside itself for ever, and nothing counts as failed.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";

import { bridgeFiles } from "../../components/systems/telemetry/streams";
import { Connect } from "./support/connect";
import { freePort, until } from "./support/daemon";
import { Mosquitto } from "./support/mosquitto";
import { reportVersions } from "./support/report";
import { streamNamed, temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

let folder: string;
let mosquitto: Mosquitto;
let bridge: Connect;
beforeAll(async () => {
  await reportVersions(["mosquitto", "redpanda-connect"]);
  folder = temporaryFolder();
  mosquitto = await Mosquitto.start(join(folder, "mosquitto"));
  bridge = await Connect.prepare(
    "bridge",
    join(folder, "bridge"),
    bridgeFiles({ session: { kind: "clean" } }),
    {
      // Nobody listens there.
      KAFKA_BROKERS: `127.0.0.1:${String(await freePort())}`,
      MQTT_ADDRESS: mosquitto.address,
      MQTT_USER: Mosquitto.user,
      MQTT_PASSWORD: Mosquitto.password,
    },
  );
  await bridge.start();
});
afterAll(async () => {
  await bridge.stop("SIGKILL");
  await mosquitto.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The values of the series of a stream whose path fits, over all of its outputs or processors. */
async function values(name: string, stream: string, path: RegExp): Promise<number[]> {
  return (await bridge.metrics())
    .filter((line) => line.startsWith(`${name}{`) && line.includes(`stream="${stream}"`))
    .filter((line) => path.test(/path="([^"]*)"/.exec(line)?.[1] ?? ""))
    .map((line) => Number(line.split(" ").at(-1)));
}

const processors = /^root\.pipeline\.processors\.[0-9]+$/;

test("what has left the pipeline is not sent, and nothing counts as failed", async () => {
  await mosquitto.publish(streamNamed("energy").mqttTopic, ["{}", "{}", "{}"]);
  await until("a message that has left the pipeline", 30, async () => {
    return Math.min(...(await values("processor_sent", "energy", processors))) > 0;
  });
  expect(await values("input_connection_up", "energy", /./)).toEqual([1]);
  expect(await values("output_sent", "energy", /./)).toEqual([0, 0]);
  expect(await values("output_error", "energy", /./)).toEqual([0, 0]);
});

test("what a filter takes out has not left the pipeline", async () => {
  const stream = "temperature-indoor";
  await mosquitto.publish(streamNamed(stream).mqttTopic, ["{}", "{}"]);
  await until("both messages", 30, async () => {
    const [received] = await values("input_received", stream, /./);
    return received === 2;
  });
  expect(Math.min(...(await values("processor_sent", stream, processors)))).toBe(0);
});
