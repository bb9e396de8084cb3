/** Proves how expressions select series; that Prometheus takes them, the tests of data show. */
import { absentOf, increaseOf, series, seriesOf } from "../../../components/observability/promql";

it("selects by one value, or by one of several", () => {
  const matchers = { namespace: "acme", container: ["web", "worker"] };
  expect(series("up", matchers)).toBe('up{namespace="acme",container=~"web|worker"}');
});

it("takes names as they are, though a point means any letter in a pattern", () => {
  expect(series("up", { job: ["a.b"] })).toBe(String.raw`up{job=~"a\\.b"}`);
});

it("selects by a regular expression that is said to be one", () => {
  expect(series("up", { job: { pattern: "web-[0-9]+" } })).toBe('up{job=~"web-[0-9]+"}');
});

it("needs no labels", () => {
  expect(series("up")).toBe("up");
});

it("finds what an operator says of another namespace under either label", () => {
  const name = "keda_scaler_metrics_value";
  expect(seriesOf("acme", name, { scaledObject: "web" })).toBe(
    `(${name}{exported_namespace="acme",scaledObject="web"} or ${name}{namespace="acme",scaledObject="web"})`,
  );
});

it("takes the growth of each series before it takes either", () => {
  const name = "keda_scaler_detail_errors_total";
  expect(increaseOf("acme", name, {}, "5m")).toBe(
    `(increase(${name}{exported_namespace="acme"}[5m]) or increase(${name}{namespace="acme"}[5m]))`,
  );
});

it("misses what an operator says of another namespace under neither label", () => {
  const name = "keda_scaler_metrics_value";
  expect(absentOf("acme", name, { scaledObject: "web" }, "scaledObject")).toBe(
    `max by (scaledObject) (absent(${name}{exported_namespace="acme",scaledObject="web"}) ` +
      `and on (scaledObject) absent(${name}{namespace="acme",scaledObject="web"}))`,
  );
});
