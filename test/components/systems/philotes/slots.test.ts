/** Proves where the log that slots hold back is watched; when alerts fire, the tests of data show. */
import { philotesOf } from "../../../support/philotes";

async function alerts(...args: Parameters<typeof philotesOf>): Promise<string[]> {
  const synthesis = await philotesOf(...args);
  return synthesis.objects("PrometheusRule").flatMap(({ spec }) =>
    (spec.groups as { rules: { alert: string; expr: string }[] }[])
      .flatMap(({ rules }) => rules)
      .filter(({ alert }) => alert.startsWith("Wal"))
      .map(({ expr }) => expr),
  );
}

const operators = { capabilities: { prometheusOperator: true, keda: true } };

it("KEDA's measure of each reader is watched", async () => {
  const found = await alerts("prod", {}, operators);
  expect(found).toHaveLength(3);
  for (const expr of found) {
    expect(expr).toContain('scaledObject=~"philotes-worker-orders|philotes-worker-customers"');
  }
});

it.each([
  ["readers that KEDA does not scale", { worker: { scaling: { type: "fixed" } } }, operators],
  ["a cluster without KEDA", {}, { capabilities: { prometheusOperator: true } }],
  ["readers that are off", { worker: { enabled: false } }, operators],
])("nobody here measures it for %s", async (_what, overrides, cluster) => {
  expect(await alerts("prod", overrides, cluster)).toEqual([]);
});
