/** Proves that no choice of settings breaks what has to hold for all; which choice is wise, it does not say. */
import { richCluster } from "../../../support/arbitraries";
import { describeProperties } from "../../../support/properties";
import { telemetry } from "../../../support/telemetry";
import { keepingTelemetry, telemetryOverrides } from "../../../support/telemetry-arbitraries";

describeProperties({
  key: "telemetry",
  build: telemetry,
  cluster: richCluster,
  any: telemetryOverrides,
  keeping: keepingTelemetry,
  keeper: "prod",
});
