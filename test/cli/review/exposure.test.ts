/**
 * Reads what policies, Ingresses and Services open as Kubernetes documents it. Does not prove that a
 * cluster's network keeps to them.
 */
import { exposureOf } from "../../../cli/review/exposure";
import { reportText, reviewOf } from "../../../cli/review/report";
import { type Manifest, planBetween, workload } from "../../support/plans";

const subject = { kind: "revisions", base: "main", head: "the working tree" } as const;
const web = workload("web");
const postgres = workload("postgres", { kind: "StatefulSet" });

function pods(name: string) {
  return { matchLabels: { "app.kubernetes.io/name": name } };
}

function policy(name: string, self: unknown, rules: object): Manifest {
  const types = Object.keys(rules).map((key) => (key === "egress" ? "Egress" : "Ingress"));
  return {
    kind: "NetworkPolicy",
    name,
    labels: { "app.kubernetes.io/name": name.split("-")[0] ?? "" },
    spec: { podSelector: self, policyTypes: types, ...rules },
  };
}

const port = { protocol: "TCP", port: 5432 };
const out = policy("web-to-postgres", pods("web"), {
  egress: [{ to: [{ podSelector: pods("postgres") }], ports: [port] }],
});
const into = policy("postgres-from-web", pods("postgres"), {
  ingress: [{ from: [{ podSelector: pods("web") }], ports: [port] }],
});
const deny: Manifest = {
  kind: "NetworkPolicy",
  name: "default-deny",
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
};

function changes(before: readonly Manifest[], after: readonly Manifest[]): string[] {
  const workloads = [web, postgres];
  return exposureOf(planBetween([...workloads, ...before], [...workloads, ...after])).map(
    ({ change, text }) => `${change}: ${text}`,
  );
}

describe("a connection between workloads", () => {
  test("appears with the policies of both sides", () => {
    expect(changes([], [out, into])).toEqual([
      "new: web of shop may reach postgres of shop on 5432",
    ]);
  });

  test("vanishes with both of them", () => {
    expect(changes([out, into], [])).toEqual([
      "gone: web of shop no longer reaches postgres of shop on 5432",
    ]);
  });

  test("does not come about when only the caller is let out", () => {
    expect(changes([], [out])).toEqual([
      "half: web of shop is let out to postgres of shop on 5432, but postgres of shop does not let it in",
    ]);
  });

  test("does not come about when only the callee lets it in", () => {
    expect(changes([], [into])).toEqual([
      "half: postgres of shop lets web of shop in on 5432, but web of shop is not let out to it",
    ]);
  });

  test("is gone, and half of it is left, when one side's policy goes", () => {
    expect(changes([out, into], [out])).toEqual([
      "gone: web of shop no longer reaches postgres of shop on 5432",
      "half: web of shop is let out to postgres of shop on 5432, but postgres of shop does not let it in",
    ]);
  });

  test("that stays as it is is not told of, even if its policy has another name", () => {
    expect(changes([out, into], [{ ...out, name: "web-to-database" }, into])).toEqual([]);
  });

  test("is one sentence with all its ports", () => {
    const both = [port, { protocol: "UDP", port: 53 }];
    const wide = [out, into].map(
      (it) =>
        JSON.parse(
          JSON.stringify(it).replaceAll(JSON.stringify([port]), JSON.stringify(both)),
        ) as Manifest,
    );
    expect(changes([], wide)).toEqual([
      "new: web of shop may reach postgres of shop on 5432 and UDP 53",
    ]);
  });
});

describe("a connection with what is outside", () => {
  const callers = {
    ingress: { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } },
    model: { ipBlock: { cidr: "192.0.2.0/28", except: ["192.0.2.1/32"] } },
    anyNamespace: { namespaceSelector: {} },
  };

  test("has the caller's name from the policy's, and where it is from its peer", () => {
    const from = policy("web-from-ingress", pods("web"), {
      ingress: [{ from: [callers.ingress], ports: [{ port: 4000 }] }],
    });
    expect(changes([], [from])).toEqual([
      "new: the ingress controller (namespace traefik) may reach web of shop on 4000",
    ]);
  });

  test("has the addresses that it goes to", () => {
    const to = policy("web-to-model", pods("web"), {
      egress: [{ to: [callers.model], ports: [{ port: 443 }] }],
    });
    expect(changes([], [to])).toEqual([
      "new: web of shop may reach model (192.0.2.0/28 but 192.0.2.1/32) on 443",
    ]);
  });

  test("without peers or ports is open to anybody on any port", () => {
    expect(changes([], [policy("web-open", pods("web"), { ingress: [{}] })])).toEqual([
      "new: anybody may reach web of shop on any port",
    ]);
  });

  test("from any namespace is told as that", () => {
    const from = policy("web-open", pods("web"), { ingress: [{ from: [callers.anyNamespace] }] });
    expect(changes([], [from])).toEqual(["new: any namespace may reach web of shop on any port"]);
  });
});

describe("the default deny", () => {
  test("of a namespace that stays opens it when it goes", () => {
    expect(changes([deny], [])).toEqual([
      "new: every pod of shop that no other policy guards may reach everything",
      "new: everything may reach every pod of shop that no other policy guards",
    ]);
  });

  test("closes a namespace when it comes", () => {
    expect(changes([], [deny])).toEqual([
      "gone: a pod of shop reaches nothing any more but what a policy lets out",
      "gone: nothing reaches a pod of shop any more but what a policy lets in",
    ]);
  });

  test("is told of first, before what closes and what is only half there", () => {
    const plan = planBetween([web, postgres, out, into, deny], [web, postgres, out]);
    const report = reportText(reviewOf(plan, subject), "text");
    const signs = [...report.matchAll(/^ {2}- (new|one-sided|gone): /gm)].map(([, sign]) => sign);
    expect(signs).toEqual(["new", "new", "one-sided", "gone"]);
  });

  test("that the program only lets go of still denies", () => {
    expect(changes([{ ...deny, retained: true }], [])).toEqual([]);
  });

  test("of a namespace that goes altogether is not", () => {
    expect(exposureOf(planBetween([deny, web], []))).toEqual([]);
  });
});

describe("what is open to the outside", () => {
  const ingress = (host: string, tls: boolean): Manifest => ({
    kind: "Ingress",
    name: "web",
    spec: {
      rules: [
        {
          host,
          http: {
            paths: [{ path: "/", backend: { service: { name: "web", port: { number: 80 } } } }],
          },
        },
      ],
      ...(tls ? { tls: [{ hosts: [host] }] } : {}),
    },
  });

  test("is the hosts of Ingresses", () => {
    expect(changes([ingress("old.example.com", true)], [ingress("new.example.com", true)])).toEqual(
      [
        "new: new.example.com/ leads to Service web of shop on 80",
        "gone: old.example.com/ leads to Service web of shop on 80",
      ],
    );
  });

  test("loses its TLS in words", () => {
    expect(changes([ingress("a.example.com", true)], [ingress("a.example.com", false)])).toContain(
      "new: a.example.com/ leads to Service web of shop on 80, without TLS",
    );
  });

  test("is Services of another type than ClusterIP, with whom they let in", () => {
    const service = (spec: object): Manifest => ({
      kind: "Service",
      name: "web",
      spec: { ports: [{ port: 1883 }], ...spec },
    });
    const open = service({ type: "LoadBalancer", loadBalancerSourceRanges: ["192.0.2.0/28"] });
    expect(changes([service({})], [open])).toEqual([
      "new: Service web of shop is a LoadBalancer, open to 192.0.2.0/28 on 1883",
    ]);
    expect(changes([], [service({ type: "NodePort" })])).toEqual([
      "new: Service web of shop is a NodePort, open to any address on 1883",
    ]);
  });
});
