// Small policies made by hand. Does not prove that a cluster reads them the same way.
import { servicesPage } from "../../../cli/docs";
import {
  connection,
  connections,
  deployment,
  inNamespace,
  object,
  policy,
  select,
} from "./support";

describe("a connection", () => {
  const both = [deployment("web"), deployment("db")];

  it("is read from both sides and drawn once", () => {
    const page = servicesPage({ prod: [...both, ...connection("web", "db", 5432)] });
    expect(connections(page, "web").slice(1, 3)).toEqual(["`db` 5432", "–"]);
    expect(connections(page, "db").slice(1, 3)).toEqual(["–", "`web` 5432"]);
    expect(page.match(/wl_web -->/g)).toHaveLength(1);
    expect(page).not.toContain("dotted");
  });

  it("is what selectors and peers say, whatever the policies are called", () => {
    const policies = connection("web", "db", 5432).map((one, index) => ({
      ...one,
      metadata: { ...one.metadata, name: `db-to-web-${String(index)}` },
    }));
    const page = servicesPage({ prod: [...both, ...policies] });
    expect(connections(page, "web")[1]).toBe("`db` 5432");
    expect(connections(page, "db")[1]).toBe("–");
  });

  it("with a policy on one side only is dotted, and the other side does not list it", () => {
    const [outward] = connection("web", "db", 5432);
    const page = servicesPage({ prod: [...both, outward!] });
    expect(page).toContain('wl_web -.->|"5432"| wl_db');
    expect(page).toContain("A dotted line has a policy on one side only");
    expect(connections(page, "db")[2]).toBe("–");
  });

  it("on several ports is one", () => {
    const policies = [9100, 4369].flatMap((port) => connection("web", "web", port));
    const page = servicesPage({ prod: [deployment("web"), ...policies] });
    expect(connections(page, "web").slice(1, 3)).toEqual(["`web` 4369, 9100", "`web` 4369, 9100"]);
    expect(page).toContain('wl_web -->|"4369, 9100"| wl_web');
  });

  it("with a caller outside names it and its namespace", () => {
    const ports = [{ port: 4000 }];
    const callers = ["ingress", "prometheus", "keda", "billing"].map((name) =>
      policy(`web-from-${name}`, "web", {
        ingress: [{ from: [inNamespace(`ns-${name}`)], ports }],
      }),
    );
    const page = servicesPage({ prod: [deployment("web"), ...callers] });
    expect(connections(page, "web")[2]!.split("<br>").sort()).toEqual([
      "KEDA (namespace ns-keda) 4000",
      "Prometheus (namespace ns-prometheus) 4000",
      "billing (namespace ns-billing) 4000",
      "ingress controller (namespace ns-ingress) 4000",
    ]);
    expect(page).toContain('ext_prometheus[/"Prometheus<br/>namespace ns-prometheus"/]');
    expect(page).toContain('ext_prometheus -->|"4000"| wl_web');
  });

  it("with addresses outside shows all their blocks", () => {
    const to = ["10.1.0.0/16", "10.0.0.0/16"].map((cidr) => ({ ipBlock: { cidr } }));
    const out = policy("web-to-mail", "web", { egress: [{ to, ports: [{ port: 25 }] }] });
    const page = servicesPage({ prod: [deployment("web"), out] });
    expect(connections(page, "web")[1]).toBe("mail (addresses 10.0.0.0/16, 10.1.0.0/16) 25");
    expect(page).toContain('wl_web -->|"25"| ext_mail');
  });

  it("with everybody or on every port is not passed over", () => {
    const page = servicesPage({
      prod: [deployment("web"), policy("open", "web", { egress: [{ to: [] }] })],
    });
    expect(connections(page, "web")[1]).toBe("anywhere any port");
  });

  it("to pods that do not exist says so", () => {
    const out = policy("web-to-gone", "web", {
      egress: [{ to: [{ podSelector: select("gone") }], ports: [{ port: 1 }] }],
    });
    expect(servicesPage({ prod: [deployment("web"), out] })).toContain("which no workload has");
  });

  it("that every pod has is said once", () => {
    const rules = {
      egress: [{ to: [inNamespace("kube-system")], ports: [{ protocol: "UDP", port: 53 }] }],
    };
    const dns = object("NetworkPolicy", "dns-access", { podSelector: {}, ...rules });
    const deny = object("NetworkPolicy", "default-deny", { podSelector: {} });
    const page = servicesPage({ prod: [...both, dns, deny] });
    expect(page).toContain("- Every pod may connect to namespace kube-system on UDP 53.");
    expect(page).not.toContain("ext_");
  });

  it("that the page cannot read is refused rather than left out", () => {
    const strange = object("NetworkPolicy", "strange", {
      podSelector: { matchExpressions: [] },
      egress: [{}],
    });
    expect(() => servicesPage({ prod: [...both, strange] })).toThrow("matchExpressions");
  });
});
