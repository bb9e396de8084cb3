import { z } from "zod";

import { dataPolicy, givenSecret, oneShot, quota, resources, storeSecret, yesNo } from "../blocks";
import { calendarDate, count, dnsLabel, hostName, image, port, userId } from "../scalars";
import { postgres } from "../stores";

const reason = z
  .string({ error: "why, in a sentence" })
  .min(10, { error: "why, in a sentence of at least ten characters" });

/** What a comparison of the old data with the new found; `npm run compare` writes it. */
const comparison = z.strictObject({
  from: calendarDate,
  to: calendarDate,
  passed: yesNo,
  record: z.string({ error: "the file of the whole record" }).min(1),
});

/** A workload of the old stack, and the number of replicas to go back to. */
const legacyDeployment = z.strictObject({ name: dnsLabel, replicas: count(1, 100) });

const retention = count(1, 24 * 365);

const sink = z.strictObject({ resources });

/** The telemetry stack of document 004: it runs beside an old one, takes over, and outlives it. */
export const telemetry = z.strictObject({
  enabled: yesNo,
  data: dataPolicy,
  quota,
  namespaces: z.strictObject({
    bridge: dnsLabel,
    timescaledb: dnsLabel,
    heatpumpSettings: dnsLabel,
  }),
  phase: z
    .enum(["parallel", "cutover"], { error: "one of parallel, cutover" })
    .describe("both stacks run, or the old one is stopped"),
  parallelSince: calendarDate
    .optional()
    .describe("the day on which the new stack was first complete"),
  cutoverOn: calendarDate
    .optional()
    .describe("the day of the last cut-over; it stays after going back"),
  comparison: comparison.optional(),
  overrides: z
    .strictObject({ parallelPeriod: reason.optional(), comparison: reason.optional() })
    .describe("why a rule of the cut-over does not hold this time"),
  paused: yesNo.describe("stops the bridge and the sinks, and keeps the databases up"),
  legacy: z
    .strictObject({ namespace: dnsLabel, deployments: z.array(legacyDeployment) })
    .optional()
    .describe("what a cut-over stops; left out where there is nothing old, or no longer"),
  mqtt: z.strictObject({
    host: hostName,
    port: port.default(1883),
    session: z
      .enum(["clean", "persistent"], { error: "one of clean, persistent" })
      .describe("whether the broker keeps messages for a bridge that is away"),
    credentials: z.strictObject({ user: givenSecret, password: givenSecret }).optional(),
  }),
  kafka: z.strictObject({
    host: hostName,
    port: port.default(9092),
    image: image.describe("with Kafka's own tools, for the job that makes the topics"),
    runAsUser: userId,
    partitions: count(1, 1000),
    replicationFactor: count(1, 10),
    retentionHours: z.strictObject({
      energy: retention,
      heatpump: retention,
      "temperature-indoor": retention,
      "temperature-outdoor": retention,
    }),
    deadLetterRetentionHours: retention,
    setup: oneShot,
  }),
  connect: z.strictObject({ image, runAsUser: userId }),
  bridge: z.strictObject({ resources }),
  timescaledb: z.strictObject({
    postgres,
    sink,
    retentionDays: count(1, 36500),
    reader: z
      .strictObject({
        namespace: dnsLabel,
        user: dnsLabel,
        password: storeSecret.describe("whoever reads has to be given the next generation"),
      })
      .describe("who reads the measurements, with a role that can do nothing else"),
  }),
  heatpumpSettings: z.strictObject({ postgres, sink }),
  migration: oneShot,
});
export type TelemetrySettings = z.infer<typeof telemetry>;

/** Whether an update sets the replicas of the old stack: from its first cut-over on, also on the way back. */
export function ownsLegacy({
  phase,
  cutoverOn,
}: Pick<TelemetrySettings, "phase" | "cutoverOn">): boolean {
  return phase === "cutover" || cutoverOn !== undefined;
}
