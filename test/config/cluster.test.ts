/** Which hosts are Services of the cluster; whether such a Service is there, only the cluster knows. */
import { namespaceOf } from "../../config/cluster";

const domain = "k8s.example.com";

describe("a Service of the cluster", () => {
  it.each(["db.shared.svc", "db.shared.svc.k8s.example.com", "db-0.db.shared.svc"])(
    "tells its namespace: %s",
    (host) => {
      expect(namespaceOf(host, { domain })).toBe("shared");
    },
  );
});

describe("any other host", () => {
  it.each([
    ["a name without dots", "db"],
    ["a Service without svc, which may as well be a domain", "db.shared"],
    ["a host of the internet", "db.example.com"],
    ["a host of the cluster's domain that is no Service", "db.k8s.example.com"],
    ["a Service of another cluster", "db.shared.svc.cluster.local"],
    ["a Service of the beginning of this domain", "db.shared.svc.k8s"],
    ["no Service at all", ".shared.svc"],
    ["nothing", ""],
  ])("has no namespace: %s", (_what, host) => {
    expect(namespaceOf(host, { domain })).toBeUndefined();
  });
});
