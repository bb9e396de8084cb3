/** What is told of volumes that nobody has and Services behind which nobody is. Volumes are not looked into. */
import { endpoints } from "../../../cli/audit/findings/services";
import { orphanedClaims, releasedVolumes } from "../../../cli/audit/findings/volumes";
import { clusterOf, deployment, found, object, podOf, ready } from "./support";

const volumes = [{ name: "v", persistentVolumeClaim: { claimName: "data" } }];
const data = object("PersistentVolumeClaim", "data", {
  spec: { resources: { requests: { storage: "5Gi" } }, storageClassName: "fast" },
  status: { phase: "Bound" },
});

describe("a claim", () => {
  it("that nobody mounts is told with its size", () => {
    expect(found(orphanedClaims, data)).toEqual([
      "warning PersistentVolumeClaim acme/data: is mounted by nobody",
    ]);
    const [finding] = orphanedClaims.find(clusterOf([data]));
    expect(finding?.evidence[0]).toBe("5Gi, Bound, class fast");
  });

  it("of a workload, be it at zero, is in use", () => {
    expect(
      found(orphanedClaims, data, deployment("db", { replicas: 0, podSpec: { volumes } })),
    ).toEqual([]);
  });

  it("of a StatefulSet is in use, also of a replica that it no longer has", () => {
    const set = object("StatefulSet", "db", {
      spec: {
        template: { spec: { containers: [] } },
        volumeClaimTemplates: [{ metadata: { name: "data" } }],
      },
    });
    const third = object("PersistentVolumeClaim", "data-db-2");
    expect(found(orphanedClaims, set, third)).toEqual([]);
    expect(found(orphanedClaims, set, object("PersistentVolumeClaim", "data-db-old"))).toHaveLength(
      1,
    );
  });

  it("that this program keeps is no more than worth knowing, and not to be deleted by hand", () => {
    const labels = { "app.kubernetes.io/managed-by": "pulumi" };
    const kept = object("PersistentVolumeClaim", "data", {}, { labels });
    const [finding] = orphanedClaims.find(clusterOf([kept]));
    expect(finding?.level).toBe("notice");
    expect(finding?.mend.commands).toEqual([]);
  });

  it("of a ReplicaSet that no Deployment has, be it at zero, is in use", () => {
    const rollout = { apiVersion: "x/v1", kind: "Rollout", name: "db", uid: "r", controller: true };
    const spec = { replicas: 0, template: { spec: { containers: [], volumes } } };
    const replicaSet = object("ReplicaSet", "db-1", { spec }, { ownerReferences: [rollout] });
    expect(found(orphanedClaims, data, replicaSet)).toEqual([]);
  });

  it("of a ReplicaSet that its Deployment has left behind is not", () => {
    const db = deployment("db");
    const { apiVersion, kind, metadata } = db;
    const owner = { apiVersion, kind, name: "db", uid: metadata.uid, controller: true };
    const spec = { replicas: 0, template: { spec: { containers: [], volumes } } };
    const replicaSet = object("ReplicaSet", "db-1", { spec }, { ownerReferences: [owner] });
    expect(found(orphanedClaims, data, db, replicaSet)).toHaveLength(1);
  });

  it("of a pod whose maker nobody knows is in use", () => {
    const ownerReferences = [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "db-1", uid: "gone", controller: true },
    ];
    const pod = object(
      "Pod",
      "db-1-abc",
      { spec: { containers: [], volumes } },
      { ownerReferences },
    );
    expect(found(orphanedClaims, data, pod)).toEqual([]);
  });

  it("that a pod has made for itself goes with that pod", () => {
    const ownerReferences = [{ apiVersion: "v1", kind: "Pod", name: "db-0", uid: "p" }];
    const scratch = object("PersistentVolumeClaim", "db-0-scratch", {}, { ownerReferences });
    expect(found(orphanedClaims, scratch)).toEqual([]);
  });

  it("of a namespace with the same name elsewhere is not in use", () => {
    const elsewhere = deployment("db", { namespace: "other", podSpec: { volumes } });
    expect(found(orphanedClaims, data, elsewhere)).toHaveLength(1);
  });
});

describe("a volume", () => {
  const volume = (phase: string) =>
    object(
      "PersistentVolume",
      "pv-1",
      {
        status: { phase },
        spec: {
          ...{ persistentVolumeReclaimPolicy: "Retain", capacity: { storage: "1Gi" } },
          claimRef: { namespace: "acme", name: "gone" },
        },
      },
      { namespace: undefined },
    );

  it("whose claim is gone is told, with the claim that it was of", () => {
    const [finding] = releasedVolumes.find(clusterOf([volume("Released")]));
    expect(finding?.what).toBe("is Released: its claim is gone");
    expect(finding?.evidence).toContain("it was the volume of claim acme/gone, which is gone");
  });

  it("that is free is worth knowing; one that is bound is not told", () => {
    expect(found(releasedVolumes, volume("Available"))).toEqual([
      "notice PersistentVolume pv-1: is free: no claim asks for it",
    ]);
    expect(found(releasedVolumes, volume("Bound"))).toEqual([]);
  });
});

describe("a Service", () => {
  const web = deployment("web");
  const service = object("Service", "web", { spec: { selector: { app: "web" } } });
  const slice = (isReady: boolean) =>
    object(
      "EndpointSlice",
      "web-abc",
      { endpoints: [{ addresses: ["10.0.0.1"], conditions: { ready: isReady } }] },
      { labels: { "kubernetes.io/service-name": "web" } },
    );

  it("with an endpoint is not told", () => {
    expect(found(endpoints, service, web, podOf(web, ready), slice(true))).toEqual([]);
  });

  it("whose pods are not ready is told with them", () => {
    expect(found(endpoints, service, web, slice(false))).toEqual([
      "warning Service acme/web: leads to pods of which none is ready",
    ]);
    const [finding] = endpoints.find(clusterOf([service, web, slice(false)]));
    expect(finding?.evidence).toContain("Deployment acme/web: 0 of 1 ready");
  });

  it("that selects nothing is told, and may be deleted", () => {
    const [finding] = endpoints.find(clusterOf([service]));
    expect(finding?.what).toBe("selects nothing: no workload has these labels");
    expect(finding?.mend.commands[0]?.argv.join(" ")).toBe("kubectl delete service/web -n acme");
  });

  it("that leads to a workload at zero is no more than worth knowing", () => {
    expect(found(endpoints, service, deployment("web", { replicas: 0 }))).toEqual([
      "notice Service acme/web: leads to a workload at zero",
    ]);
  });

  it("that an ingress sends callers to is critical", () => {
    const ingress = object("Ingress", "front", {
      spec: {
        rules: [
          { host: "acme.local", http: { paths: [{ backend: { service: { name: "web" } } }] } },
        ],
      },
    });
    const [finding] = endpoints.find(clusterOf([service, web, ingress]));
    expect(finding?.level).toBe("critical");
    expect(finding?.evidence).toContain("Ingress front (acme.local) sends its callers here");
  });

  it("without a selector, or of the cluster itself, is left alone", () => {
    const external = object("Service", "db", { spec: { type: "ExternalName" } });
    const dns = object(
      "Service",
      "dns",
      { spec: { selector: { a: "b" } } },
      { namespace: "kube-system" },
    );
    expect(found(endpoints, external, dns)).toEqual([]);
  });
});
