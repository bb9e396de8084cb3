/**
 * Proves what survives when each of the servers and processes ends in the middle of the work, with the
 * real programs. What the MQTT session allows to be lost or doubled is counted, not hidden.
 */
import type { StreamName } from "../../components/systems/telemetry/streams";
import { until } from "./support/daemon";
import { numberColumn, samples } from "./support/messages";
import { reportVersions } from "./support/report";
import { publish, startWorld, storedRows, type World } from "./support/world";

jest.setTimeout(600_000);

const names = ["energy", "heatpump", "temperature-indoor", "temperature-outdoor"] as const;
/** What mosquitto sends a client at most before it waits for acknowledgements, for one session. */
const inFlight = 20;

const numbersWanted = (name: StreamName, count: number, first = 0): unknown[] =>
  samples(name, count, first).flatMap(({ row }) => row?.[numberColumn[name]] ?? []);

/** The numbers of the rows that are there, each as often as it is. */
async function numbersStored(world: World, name: StreamName): Promise<unknown[]> {
  return (await storedRows(world, name)).map((row) => row[numberColumn[name]]);
}

/**
 * Longer than Kafka keeps the partitions of a consumer that was killed: its session of 45 seconds, and
 * up to a minute in which the others are to come back.
 */
const sinkPatience = 120_000;

/**
 * Waits for all that is wanted, or until nothing has come for a while, and counts what is missing and
 * what is there again.
 */
async function outcome(
  world: World,
  name: StreamName,
  wanted: readonly unknown[],
  patience = 10_000,
): Promise<{ lost: number; doubled: number; which: readonly unknown[] }> {
  let stored: unknown[] = [];
  let changed = Date.now();
  const missing = (): unknown[] => {
    const distinct = new Set(stored);
    return wanted.filter((number) => !distinct.has(number));
  };
  await until("the rows to stay as they are", 200, async () => {
    const found = await numbersStored(world, name);
    if (found.length !== stored.length) changed = Date.now();
    stored = found;
    return Date.now() - changed > (missing().length === 0 ? 3_000 : patience);
  });
  const which = missing();
  return { lost: which.length, doubled: stored.length - new Set(stored).size, which };
}

describe("with a persistent session", () => {
  let world: World;
  beforeAll(async () => {
    await reportVersions(["mosquitto", "redpanda-connect", "kafka", "postgres"]);
    world = await startWorld({ kind: "persistent", clientId: "telemetry-test" });
  });
  afterAll(() => world.stop());

  test("servers and sinks lose nothing when they restart in turn, and the bridge one message at most", async () => {
    const rounds = 10;
    const size = 100;
    const send = async (round: number): Promise<void> => {
      await Promise.all(
        names.map((name) => publish(world, name, samples(name, size, round * size))),
      );
    };
    await send(0);
    await Promise.all([send(1), world.kafka.stop("SIGKILL")]);
    await send(2);
    await world.kafka.resume();
    await Promise.all([send(3), world.postgres.stop("SIGQUIT")]);
    await send(4);
    await world.postgres.resume();
    await Promise.all([send(5), world.telemetry.stop("SIGKILL"), world.settings.stop()]);
    await Promise.all([world.telemetry.start(), world.settings.start(), send(6)]);
    await Promise.all([send(7), world.bridge.stop()]);
    await send(8);
    await world.bridge.start();
    await world.mosquitto.stop();
    await world.mosquitto.resume();
    await send(9);

    const outcomes = await Promise.all(
      names.map((name) => outcome(world, name, numbersWanted(name, rounds * size), sinkPatience)),
    );
    outcomes.forEach(({ lost, doubled, which }, index) => {
      const what = `${lost} lost, ${doubled} doubled of ${rounds * size} sent`;
      process.stdout.write(
        `${names[index] ?? ""}: ${what}${which.length === 0 ? "" : `; lost: ${which.join(", ")}`}\n`,
      );
    });
    for (const { lost, doubled } of outcomes) {
      // The bridge acknowledges the message that it takes: the one in its hands goes with it.
      expect(lost).toBeLessThanOrEqual(1);
      // Two sessions were interrupted: the bridge's end, and the broker's.
      expect(doubled).toBeLessThanOrEqual(2 * inFlight);
    }
    const settings = await world.postgres.rows("settings", "SELECT curve FROM settings");
    expect(settings).toEqual([{ curve: 49 }, { curve: 49 }]);
  });

  test("a bridge that is killed loses no more than it holds", async () => {
    const first = 100_000;
    const sending = publish(world, "energy", samples("energy", 2000, first));
    await until("the first ones", 30, async () => {
      const numbers = await numbersStored(world, "energy");
      return numbers.some((number) => Number(number) >= 5_000_000_000 + first);
    });
    await world.bridge.stop("SIGKILL");
    await world.bridge.start();
    await sending;
    const wanted = numbersWanted("energy", 2000, first);
    const { lost, doubled } = await outcome(world, "energy", wanted);
    process.stdout.write(`killed bridge: ${lost} lost, ${doubled} doubled of 2000 sent\n`);
    expect(lost).toBeLessThanOrEqual(inFlight);
  });
});

describe("with a clean session", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ kind: "clean" });
  });
  afterAll(() => world.stop());

  test("what comes while no bridge is there is lost, and nothing else", async () => {
    await publish(world, "temperature-outdoor", samples("temperature-outdoor", 100));
    await until("the first ones", 30, async () => {
      const numbers = await numbersStored(world, "temperature-outdoor");
      return numbers.length >= numbersWanted("temperature-outdoor", 100).length;
    });
    await world.bridge.stop();
    await publish(world, "temperature-outdoor", samples("temperature-outdoor", 100, 100));
    await world.bridge.start();
    await publish(world, "temperature-outdoor", samples("temperature-outdoor", 100, 200));
    const wanted = [
      ...numbersWanted("temperature-outdoor", 100),
      ...numbersWanted("temperature-outdoor", 100, 200),
    ];
    expect(await outcome(world, "temperature-outdoor", wanted)).toMatchObject({
      lost: 0,
      doubled: 0,
    });
    expect((await numbersStored(world, "temperature-outdoor")).sort()).toEqual(wanted.sort());
  });
});
