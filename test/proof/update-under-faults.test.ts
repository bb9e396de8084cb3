/**
 * Proves what becomes of a stack whose update is disturbed, with the commands that people type, the real
 * engine and a real API server: FaultMaven of stack dev on one embedded cluster. Pods are simulated. The
 * state is in files; a machine that loses its power, backends elsewhere, and an API server that stays away for
 * good while a workload is waited for (the engine waits for it until it is interrupted) are not tried here.
 */
import { describeApiServer } from "./api-server";
import { describeCutState } from "./cut-state";
import { describeKilledUpdate } from "./killed-update";
import { Checkout, type Ended } from "./support/checkout";
import { type Standing, standingOf } from "./support/consistency";
import { describeTwoUpdates, twoUpdates } from "./two-updates";

const minutes = 60_000;
const checkout = new Checkout(["faultmaven"]);
let both: readonly Ended[];
let undisturbed: Standing;

beforeAll(async () => {
  both = await twoUpdates(checkout);
}, 10 * minutes);

afterAll(() => checkout.end(), 2 * minutes);

describe("two updates of one stack at once", () => {
  describeTwoUpdates(checkout, () => both);
});

describe("a state file", () => {
  describeCutState(checkout);
});

describe("an update that is disturbed", () => {
  beforeAll(async () => {
    undisturbed = await standingOf(checkout);
  }, minutes);

  describe("by a kill", () => {
    describeKilledUpdate(checkout, () => undisturbed);
  });

  describe("by an API server that", () => {
    describeApiServer(checkout, () => undisturbed);
  });
});
