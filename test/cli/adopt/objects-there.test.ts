/** Proves that names of ours are looked up on the cluster, also beside kinds that it does not serve. */
import { objectsThere } from "../../../cli/adopt/cluster";
import { ChildFailure } from "../../../cli/process";
import { workload } from "./support";

const web = workload("Deployment", "web", { containers: [] });
const monitor = {
  ...{ apiVersion: "monitoring.coreos.com/v1", kind: "ServiceMonitor", metadata: { name: "web" } },
};
const labels = { "app.kubernetes.io/managed-by": "pulumi" };
const found = {
  ...{ apiVersion: "apps/v1", kind: "Deployment" },
  metadata: { name: "web", namespace: "acme", labels },
};

describe("objects of our names", () => {
  it("are found with whose they are", async () => {
    const answer = "apps/v1 Deployment web pulumi\n";
    expect(await objectsThere(() => Promise.resolve(answer), "acme", [web])).toEqual([found]);
  });

  it("are found beside a kind that the cluster does not serve", async () => {
    const kubectl = (args: readonly string[]): Promise<string> =>
      args.some((arg) => arg.startsWith("servicemonitor"))
        ? Promise.reject(
            new ChildFailure(
              "kubectl",
              1,
              `the server doesn't have a resource type "servicemonitor"`,
            ),
          )
        : Promise.resolve("apps/v1 Deployment web pulumi\n");
    expect(await objectsThere(kubectl, "acme", [web, monitor])).toEqual([found]);
  });
});
