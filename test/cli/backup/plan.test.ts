/**
 * Proves what is chosen to be saved, with the reasons that are shown. The cluster is in memory.
 */
import { planText } from "../../../cli/backup";
import {
  claim,
  configMap,
  namespace,
  planOf,
  pod,
  postgres,
  record,
  secret,
  service,
} from "./support";

describe("what is saved", () => {
  const owned = (kind: string, apiVersion: string, name: string, owner: string) => ({
    ...{ apiVersion, kind },
    metadata: {
      ...{ name, namespace },
      ownerReferences: [{ apiVersion, kind: "Any", name: owner, uid: owner, controller: true }],
    },
  });

  it("is all of a namespace, but what controllers make again", async () => {
    const plan = await planOf([
      configMap("settings", { a: "b" }),
      {
        ...{ apiVersion: "acme.example.com/v1", kind: "Anvil" },
        metadata: { name: "own", namespace },
      },
      owned("ReplicaSet", "apps/v1", "web-1", "web"),
      { apiVersion: "v1", kind: "Event", metadata: { name: "e", namespace } },
      configMap("settings", {}),
    ]);
    const names = plan.found.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toEqual(["Anvil own", "ConfigMap settings", "Namespace acme"]);
    expect(plan.found.leftOut).toEqual(["ReplicaSet web-1"]);
  });

  it("is of every version that a group serves, and once where several do", async () => {
    const of = (apiVersion: string, kind: string, name: string) => ({
      ...{ apiVersion, kind, metadata: { name, namespace } },
    });
    const { found } = await planOf([
      of("acme.example.com/v1", "Anvil", "own"),
      of("acme.example.com/v1beta1", "Anvil", "own"),
      of("acme.example.com/v1beta1", "Rocket", "fast"),
      of("other.example.com/v1beta1", "Anvil", "theirs"),
    ]);
    expect(found.objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).sort()).toEqual([
      "acme.example.com/v1 Anvil",
      "acme.example.com/v1beta1 Rocket",
      "other.example.com/v1beta1 Anvil",
      "v1 Namespace",
    ]);
  });

  it("lacks what is on the volumes of pods that are no claims, once each", async () => {
    const volumes = [
      { name: "node", hostPath: { path: "/srv/files" } },
      { name: "share", nfs: { server: "nas", path: "/srv" } },
      ...[
        { name: "a", emptyDir: {} },
        { name: "b", configMap: { name: "c" } },
      ],
      ...[
        { name: "c", secret: { secretName: "s" } },
        { name: "d", projected: { sources: [] } },
      ],
      ...[
        { name: "e", downwardAPI: {} },
        { name: "f", ephemeral: {} },
      ],
      { name: "g", persistentVolumeClaim: { claimName: "data" } },
    ];
    const web = owned("Pod", "v1", "web-1", "web");
    const spec = { volumes, containers: [] };
    const deployment = {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace } },
      spec: { template: { spec } },
    };
    const objects = [{ ...web, spec }, deployment];
    const why = "it is no claim, and nobody but its own storage keeps it";
    expect((await planOf(objects)).found.missing).toEqual([
      { what: "volume node of Deployment web (hostPath /srv/files)", why },
      { what: "volume share of Deployment web (nfs nas /srv)", why },
    ]);
    expect((await planOf(objects, { data: false })).found.missing).toEqual([]);
  });

  it("has every field but who has set it", async () => {
    const managedFields = [{ manager: "helm" }];
    const { found } = await planOf([
      {
        ...{ apiVersion: "v1", kind: "ConfigMap", newer: { than: "us" } },
        metadata: { name: "a", namespace, uid: "1", managedFields },
      },
    ]);
    expect(found.objects[0]).toEqual({
      ...{ apiVersion: "v1", kind: "ConfigMap", newer: { than: "us" } },
      metadata: { name: "a", namespace, uid: "1" },
    });
  });

  it("is of a release what Helm has written, what bears its mark, and what its pods use", async () => {
    const manifest = ["apiVersion: apps/v1", "kind: Deployment", "metadata: {name: web}"].join(
      "\n",
    );
    const deployment = {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace } },
      spec: {
        template: {
          spec: {
            containers: [
              {
                ...{ name: "web", image: "web" },
                envFrom: [{ secretRef: { name: "by-hand" } }],
              },
            ],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }],
          },
        },
      },
    };
    const annotations = { "meta.helm.sh/release-name": "thunder" };
    const marked = {
      ...{ apiVersion: "v1", kind: "Service" },
      metadata: { name: "svc", namespace, annotations },
    };
    const { found } = await planOf(
      [
        ...[record("thunder", {}, manifest), record("other", {}), deployment, marked],
        ...[secret("by-hand", { a: "b" }), secret("of-others", { a: "b" })],
        ...[configMap("of-others", {}), ...claim("data"), ...claim("of-others")],
      ],
      { release: "thunder" },
    );
    expect(found.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "Deployment web",
      "PersistentVolume pv-data",
      "PersistentVolumeClaim data",
      "Service svc",
    ]);
    expect(found.secrets.map(({ metadata }) => metadata.name)).toEqual([
      "by-hand",
      "sh.helm.release.v1.thunder.v1",
    ]);
    expect(found.releases.map(({ name }) => name)).toEqual(["thunder"]);
  });

  it("is of a release also what its Ingresses and ServiceAccounts name", async () => {
    const manifest = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
`;
    const { found } = await planOf(
      [
        record("thunder", {}, manifest),
        {
          ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
          ...{ metadata: { name: "web", namespace }, spec: { tls: [{ secretName: "cert" }, {}] } },
        },
        {
          ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace } },
          spec: { template: { spec: { serviceAccountName: "robot", containers: [] } } },
        },
        {
          ...{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "robot", namespace } },
          ...{ imagePullSecrets: [{ name: "pull" }], secrets: [{ name: "token" }] },
        },
        ...["cert", "pull", "token", "of-others"].map((name) => secret(name, { a: "b" })),
      ],
      { release: "thunder" },
    );
    expect(found.secrets.map(({ metadata }) => metadata.name)).toEqual([
      ...["cert", "pull", "sh.helm.release.v1.thunder.v1", "token"],
    ]);
  });

  it("is also what a release has left whose workloads are gone, by its record", async () => {
    const manifest = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  template: { spec: { containers: [] } }
  volumeClaimTemplates: [{ metadata: { name: data } }]
`;
    const { found } = await planOf(
      [record("thunder", {}, manifest), ...claim("data-db-0"), ...claim("data-other-0")],
      { release: "thunder" },
    );
    expect(found.claims.map((one) => one.claim.metadata.name)).toEqual(["data-db-0"]);
  });

  it("is shown before it is done, with the reasons and without a secret", async () => {
    const plan = await planOf([
      ...claim("data"),
      ...claim("runs"),
      pod("db-0", "data", { ...postgres, env: [{ name: "POSTGRES_PASSWORD", value: "s3cret" }] }),
      service("db", "db-0", 5432),
      pod("mlflow", "runs", {}),
      record("thunder", { password: "s3cret" }),
    ]);
    const text = planText(plan);
    expect(text).toBe(
      [
        "Backup of namespace acme of context fake:",
        "",
        "Saved, encrypted with the passphrase:",
        "  8 objects: 1 Namespace, 2 PersistentVolume, 2 PersistentVolumeClaim, 2 Pod, 1 Service",
        "  1 Secret",
        "  values and record of release thunder (thunderhelm-0.2.0, revision 1, deployed)",
        "Listed in the clear: the names of these, and 2 claims with their volumes",
        "",
        "On the cluster:",
        "1. Dump the databases of 10.0.0.7, on claim acme/data, by Job platform-backup-data",
        "   because Pod db-0 runs PostgreSQL on it (docker.io/library/postgres:15): files that a server works on would be no copy",
        "2. Copy the files of claim acme/runs by Job platform-backup-runs (docker.io/library/busybox:1.37.0, as root, since no pod says who owns the files; reads them and nothing else)",
        "   because Pod mlflow has files on it, and works on meanwhile",
      ].join("\n"),
    );
  });
});
