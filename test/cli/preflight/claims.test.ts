/** Proves what is said of the claims that the settings take over. */
import { claims } from "../../../cli/preflight/claims";
import { ClusterClient } from "../../../cli/preflight/cluster";
import type { PreflightContext } from "../../../cli/preflight/model";
import type { StackObject } from "../../../cli/preflight/objects";

const mounting = (claim: string) => ({
  volumes: [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
});

const server: StackObject = {
  ...{ apiVersion: "apps/v1", kind: "StatefulSet" },
  metadata: { name: "postgres", namespace: "acme" },
  spec: { template: { spec: { containers: [], ...mounting("data-old-0") } } },
};

const pod = (name: string, claim: string, labels = {}, phase = "Running") => ({
  ...{ metadata: { name, labels }, spec: mounting(claim), status: { phase } },
});

async function findings(
  objects: readonly StackObject[],
  pods: readonly object[] = [],
  there = true,
): Promise<string[]> {
  const client = new ClusterClient(({ path }) => {
    const claim = path === "/api/v1/namespaces/acme/persistentvolumeclaims/data-old-0";
    const text = JSON.stringify(claim ? { metadata: { name: "data-old-0" } } : { items: pods });
    return Promise.resolve({ status: claim && !there ? 404 : 200, headers: {}, text });
  });
  const context = { objects, cluster: () => client } as unknown as PreflightContext;
  return (await claims(context)).map(
    ({ status, subject, evidence }) => `${status} ${subject}: ${evidence}`,
  );
}

const subject = "PersistentVolumeClaim acme/data-old-0";

it("a claim that nobody else mounts has passed", async () => {
  const ours = pod("postgres-0", "data-old-0", { "app.kubernetes.io/managed-by": "pulumi" });
  const over = pod("migration", "data-old-0", {}, "Succeeded");
  const other = pod("other", "other");
  expect(await findings([server], [ours, over, other])).toEqual([
    `passed ${subject}: there, and no pod of others mounts it`,
  ]);
});

it("a claim that a pod of others mounts has failed", async () => {
  const helm = pod("old-postgresql-0", "data-old-0", { "app.kubernetes.io/managed-by": "Helm" });
  expect(await findings([server], [helm])).toEqual([
    `failed ${subject}: for StatefulSet acme/postgres, and pods of others mount it: old-postgresql-0`,
  ]);
});

it("a claim that is not there has failed", async () => {
  expect(await findings([server], [], false)).toEqual([
    `failed ${subject}: not on the cluster; StatefulSet acme/postgres cannot start`,
  ]);
});

it("the stack's own claims are none of them", async () => {
  const own: StackObject = {
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
    metadata: { name: "data-old-0", namespace: "acme" },
  };
  expect(await findings([server, own])).toEqual([
    "passed Existing claims: the settings take over none",
  ]);
});
