/**
 * Proves what becomes of an update that somebody or something on the cluster stands in the way of, with
 * the commands that people type, the real engine and a real API server: an API of Philotes with its
 * database, of stack dev. Pods are simulated, and so is why they fail: what a kubelet would say comes from
 * marks on them. What a foreign program does is done by kubectl in its name.
 */
import { describeForeignManager } from "./foreign-changes";
import { describeNeverReady } from "./never-ready";
import { describeQuota, describeStuckNamespace, describeWebhook } from "./rejected";
import { philotesApi } from "./support/philotes-api";

const minutes = 60_000;
const checkout = philotesApi();

// Long enough for pods that are simulated.
checkout.set(["cluster", "readySeconds"], 10);

afterAll(() => checkout.end(), 2 * minutes);

// In this order: the first makes the stack, and the last takes its namespace away.
describe("a webhook that rejects one kind", () => {
  describeWebhook(checkout);
});

describe("a field that a foreign manager has taken", () => {
  describeForeignManager(checkout);
});

describe("a workload that never becomes ready", () => {
  describeNeverReady(checkout);
});

describe("a quota that is too small", () => {
  describeQuota(checkout);
});

describe("a namespace that stays Terminating", () => {
  describeStuckNamespace(checkout);
});
