/**
 * Proves what is made of policies that are gone, changed or added. That an API server stores them so, the
 * cluster tests show; that a network heeds them, no test here does.
 */
import { policyFindings } from "../../../cli/validate/policies";
import { again, object, textOf } from "./support";

describe("policies", () => {
  const policy = (name: string, spec: object) => object("NetworkPolicy", name, { spec });
  const deny = policy("deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  const dns = policy("dns", { podSelector: {}, policyTypes: ["Egress"], egress: [{}] });
  const seen = (live: never[]) => policyFindings("acme", [deny, dns], live, again).map(textOf);

  it("pass when all are there", () => {
    expect(seen([deny, dns])).toEqual([
      "passed: NetworkPolicies of acme: all 2 are there, as declared, one of which denies all the rest",
    ]);
  });

  it("have failed for one that is gone: the way is shut, or the namespace open", () => {
    expect(seen([deny])).toEqual([
      "failed: NetworkPolicy acme/dns: not on the cluster: the connection is denied",
    ]);
    expect(seen([dns])[0]).toMatch(/^failed: NetworkPolicy acme\/deny: .*is open to all/);
  });

  it("have failed where the one that denies lets something in", () => {
    const opened = policy("deny", {
      ...{ podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [{}] },
    });
    expect(seen([opened, dns])).toEqual([
      "failed: NetworkPolicy acme/deny: it no longer denies everything",
    ]);
  });

  it("have failed where somebody has opened or shut one by hand", () => {
    const opened = policy("dns", { podSelector: {}, policyTypes: ["Egress"], egress: [{}, {}] });
    expect(seen([deny, opened])).toEqual([
      "failed: NetworkPolicy acme/dns: not as declared: its egress was changed",
    ]);
    const elsewhere = policy("dns", {
      ...{ podSelector: { matchLabels: { a: "b" } }, policyTypes: ["Egress", "Ingress"] },
      ...{ egress: [{}], ingress: [{}] },
    });
    expect(seen([deny, elsewhere])).toEqual([
      "failed: NetworkPolicy acme/dns: not as declared: its ingress, podSelector, policyTypes were changed",
    ]);
  });

  it("pass with what the API server adds by itself, and leaves out", () => {
    const peers = [{ podSelector: {} }];
    const declared = policy("web", {
      podSelector: { matchLabels: {} },
      ingress: [{ from: peers, ports: [{ port: 80 }] }],
      egress: [],
    });
    const stored = policy("web", {
      ...{ podSelector: {}, policyTypes: ["Ingress"] },
      ingress: [{ from: peers, ports: [{ port: 80, protocol: "TCP" }] }],
    });
    expect(policyFindings("acme", [declared], [stored], again).map(textOf)).toEqual([
      "passed: NetworkPolicies of acme: all 1 are there, as declared",
    ]);
    const all = policy("web", {
      ...{ podSelector: {}, policyTypes: ["Ingress"] },
      ingress: [{ from: [{}], ports: [{ port: 80, protocol: "TCP" }] }],
    });
    expect(policyFindings("acme", [declared], [all], again)[0]?.status).toBe("failed");
  });

  it("are warned of where somebody has added one", () => {
    expect(seen([deny, dns, policy("mine", {})])[1]).toMatch(/^warning: .*mine is not declared/);
  });
});
