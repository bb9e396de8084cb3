import {
  dataPolicy,
  givenSecret,
  keptSecret,
  one,
  type Overrides,
  retiredSecret,
  yesNo,
} from "./arbitraries";
import { backup } from "./backup-arbitraries";
import fc from "./fast-check";
import { cutover, legacy } from "./telemetry";

const tls = fc.oneof(
  one({ from: "none" }),
  one({ from: "issuer", name: "internal-ca" }),
  one({ from: "secret", secretName: "theirs" }),
);

/** Before the first cut-over, in it, and back from it. */
const phases = fc.constantFrom<Overrides>({}, cutover, { ...cutover, phase: "parallel" });

function withData(
  data: fc.Arbitrary<string>,
  password: fc.Arbitrary<Overrides>,
): fc.Arbitrary<Overrides> {
  const postgres = fc.record({
    data,
    tls,
    password,
    superuserPassword: password,
    backup: backup("dump", data),
  });
  return fc
    .tuple(
      phases,
      fc.record({
        enabled: yesNo,
        data,
        // Headroom would hide what the quota forgets.
        quota: one({ headroomPercent: 0 }),
        paused: yesNo,
        legacy: fc.constantFrom(undefined, legacy),
        mqtt: fc.record({
          session: fc.constantFrom("clean", "persistent"),
          credentials: fc.record({ user: givenSecret, password: givenSecret }),
        }),
        timescaledb: fc.record({ postgres, reader: fc.record({ password }) }),
        heatpumpSettings: fc.record({ postgres }),
      }),
    )
    .map(([phase, rest]) => ({ ...phase, ...rest }));
}

/** Any valid choice of what the telemetry stack consists of, over the defaults of an environment. */
export const telemetryOverrides = withData(dataPolicy, retiredSecret);

/** The same as long as nobody writes that data may go. */
export const keepingTelemetry = withData(fc.constant("keep"), keptSecret);
