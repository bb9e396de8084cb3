/** The types of objects have the names of JSON, not the library's: the compiler proves it. */
import type { LimitRange, NetworkPolicy } from "../../../cli/kubernetes";

it("a limit has a default, and a rule of a policy has those whom it is from", () => {
  const range: LimitRange = {
    ...{ apiVersion: "v1", kind: "LimitRange", metadata: { name: "limits" } },
    spec: { limits: [{ type: "Container", default: { cpu: "1" } }] },
  };
  const policy: NetworkPolicy = {
    ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "web" } },
    spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] },
  };
  expect(range.spec?.limits[0]?.default).toEqual({ cpu: "1" });
  expect(policy.spec?.ingress?.[0]?.from).toHaveLength(1);
});
