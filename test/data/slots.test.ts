/** Proves with a real PostgreSQL what KEDA measures of a replication slot in each state that it can be in. */
import { rmSync } from "node:fs";
import { join } from "node:path";

import { lagQuery, lostSlotBytes } from "../../components/systems/philotes/worker";
import { Postgres } from "./support/postgres";
import { reportVersions } from "./support/report";
import { temporaryFolder } from "./support/world";

jest.setTimeout(120_000);

const mebi = 2 ** 20;
const segment = 16 * mebi;

let folder: string;
let source: Postgres;
beforeAll(async () => {
  await reportVersions(["postgres"]);
  folder = temporaryFolder();
  const parameters = ["wal_level=logical", "max_slot_wal_keep_size=64MB", "max_wal_size=32MB"];
  source = await Postgres.start(
    join(folder, "source"),
    parameters.flatMap((one) => ["-c", one]),
  );
});
afterAll(async () => {
  await source.stop();
  rmSync(folder, { recursive: true, force: true });
});

const measured = async (slot: string): Promise<number> =>
  Number(await source.sql("postgres", lagQuery(slot)));

/** Writes to the log what fills so many of its segments. */
async function write(segments: number): Promise<void> {
  for (let one = 0; one < segments; one += 1) {
    await source.sql("postgres", "SELECT pg_logical_emit_message(false, 'filler', 'x')");
    await source.sql("postgres", "SELECT pg_switch_wal()");
  }
  await source.sql("postgres", "CHECKPOINT");
}

it("is the log that is kept for a slot which nobody reads", async () => {
  await source.sql("postgres", "SELECT pg_create_logical_replication_slot('idle', 'pgoutput')");
  expect(await measured("idle")).toBeLessThan(mebi);
  await write(2);
  expect(await measured("idle")).toBeGreaterThan(segment);
  expect(await measured("idle")).toBeLessThan(3 * segment);
});

it("is more than any log for a slot that was lost", async () => {
  await source.sql("postgres", "SELECT pg_create_logical_replication_slot('lost', 'pgoutput')");
  await write(8);
  const status = "SELECT wal_status FROM pg_replication_slots WHERE slot_name = 'lost'";
  expect(await source.sql("postgres", status)).toBe("lost");
  expect(await measured("lost")).toBe(lostSlotBytes);
});

it("is more than any log for a slot that is not there", async () => {
  expect(await measured("missing")).toBe(lostSlotBytes);
});
