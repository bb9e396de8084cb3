import { withSession } from "../../cli/session";
import { report } from "../../cli/testing";
import type { Checkout } from "./support/checkout";
import { standingOf } from "./support/consistency";
import { changeApi, failingUpdate, hindered, longest, recovery } from "./support/hindrance";
import { namespace } from "./support/philotes-api";
import { until } from "./support/until";
import { RejectingWebhook, refusal } from "./support/webhook";

const minutes = 60_000;

/** An update from nothing is stopped at the first object of a kind that somebody else lets nobody make. */
export function describeWebhook(checkout: Checkout): void {
  it(
    "stops an update in words that name it, and the next one goes on where it was stopped",
    async () => {
      const { workspace, stack } = checkout;
      await withSession({ workspace, stack }, () => Promise.resolve());
      const webhook = new RejectingWebhook(checkout, "apps", "statefulsets");
      const failed = await hindered(webhook, () =>
        failingUpdate(checkout, [
          /StatefulSet philotes\/philotes-postgresql: is refused by an admission webhook/,
          new RegExp(`"guard\\.acme\\.example\\.com" denied the request: ${refusal}`),
          /kubectl .* get validatingwebhookconfigurations/,
          /then: npm run up -- --stack dev$/m,
        ]),
      );
      const before = await standingOf(checkout);
      expect(before.orphans).toEqual([]);
      const next = await recovery(checkout, before);
      report({
        area: "faults",
        claim:
          "an update of which a webhook rejects a kind ends in words, and the next one goes on",
        trials: 1,
        of: "update from nothing",
        seen: `failed after ${longest([failed])}, recovered in ${longest([next])}; nothing made twice`,
      });
    },
    6 * minutes,
  );
}

/** Somebody has put a quota beside ours that has no room for the pod of a roll-out. */
export function describeQuota(checkout: Checkout): void {
  const quota = {
    begin: () => checkout.kubectl("create", "quota", "acme", "--hard=pods=1", "-n", namespace),
    end: () => checkout.kubectl("delete", "quota", "acme", "-n", namespace, "--ignore-not-found"),
  };
  // The controller tries a refused pod again at intervals that double.
  const patience = {
    begin: () => setReadySeconds(checkout, 60),
    end: () => setReadySeconds(checkout, 10),
  };

  it(
    "stops an update in words that name it, and the next one recovers",
    async () => {
      const before = await standingOf(checkout);
      changeApi(checkout);
      const failed = await hindered(quota, () =>
        failingUpdate(checkout, [
          /Deployment philotes\/philotes-api: a pod is refused by the API server/,
          /exceeded quota: acme, requested: pods=1, used: pods=\d, limited: pods=1/,
          /kubectl .* describe resourcequota -n philotes/,
          /then: npm run up -- --stack dev$/m,
        ]),
      );
      const next = await hindered(patience, () => recovery(checkout, before));
      report({
        area: "faults",
        claim:
          "an update that a foreign quota leaves no room for ends in words, and the next one recovers",
        trials: 1,
        of: "roll-out",
        seen: `failed after ${longest([failed])}, recovered in ${longest([next])}; nothing replaced`,
      });
    },
    6 * minutes,
  );
}

/** Somebody has deleted our namespace, and something in it holds it up. */
export function describeStuckNamespace(checkout: Checkout): void {
  const hold = (finalizers: readonly string[] | null): Promise<string> =>
    checkout.kubectl(
      ...["patch", "configmap", "acme", "-n", namespace, "--type=merge"],
      `--patch=${JSON.stringify({ metadata: { finalizers } })}`,
    );
  const stuck = {
    begin: async () => {
      await hold(["acme.example.com/hold"]);
      await checkout.kubectl("delete", "namespace", namespace, "--wait=false");
      await until(async () => (await conditions(checkout)).includes("acme.example.com/hold"));
    },
    end: () => hold(null),
  };

  it(
    "stops an update in words that name it, and the next one makes all of it anew",
    async () => {
      const { passwords } = await standingOf(checkout);
      await checkout.kubectl("create", "configmap", "acme", "-n", namespace);
      const failed = await hindered(stuck, () =>
        failingUpdate(
          checkout,
          [
            /Namespace philotes: is being deleted, and is still there/,
            /Some content in the namespace has finalizers remaining: acme\.example\.com\/hold/,
            /kubectl .* get namespace philotes/,
            /then: npm run up -- --stack dev --refresh$/m,
          ],
          "--refresh",
        ),
      );
      await until(async () => !(await checkout.kubectl("get", "namespaces")).includes(namespace));
      const next = await recovery(checkout, undefined, "--refresh");
      expect(next.standing.passwords).toEqual(passwords);
      report({
        area: "faults",
        claim:
          "an update whose namespace is held in Terminating ends in words, and the next one recovers",
        trials: 1,
        of: "namespace",
        seen: `failed after ${longest([failed])}, recovered in ${longest([next])}; the same passwords`,
      });
    },
    6 * minutes,
  );
}

function setReadySeconds(checkout: Checkout, seconds: number): Promise<void> {
  checkout.set(["cluster", "readySeconds"], seconds);
  return Promise.resolve();
}

function conditions(checkout: Checkout): Promise<string> {
  return checkout.kubectl("get", "namespace", namespace, "--output=jsonpath={.status.conditions}");
}
