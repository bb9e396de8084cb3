/**
 * Proves what an uninstallation leaves and what it brings back, on objects in memory: no controller runs
 * here. With the real Helm and a real API server it is in test/cluster/consolidate.test.ts.
 */
import {
  decodeRecord,
  encodeRecord,
  type HelmRelease,
  planUninstall,
  readReleases,
  reinstall,
  uninstall,
} from "../../../cli/helm";
import { ApiFault, type KubernetesObject, kinds, nameOf } from "../../../cli/kubernetes";
import { type FakeApi, fakeApi } from "../../support/fake-api";

const namespace = "thunder";
const marks = {
  "meta.helm.sh/release-name": "thunderline",
  "meta.helm.sh/release-namespace": namespace,
};

const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { replicas: 2, selector: { matchLabels: { app: web } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  selector: { matchLabels: { app: db } }
  volumeClaimTemplates: [{ metadata: { name: data } }]
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: clean-up }
spec: { suspend: false }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: runs }
---
apiVersion: v1
kind: Secret
metadata: { name: passwords }
---
apiVersion: v1
kind: Service
metadata: { name: web }
`;

const of = (apiVersion: string, kind: string, name: string, more: object = {}): object => ({
  ...{ apiVersion, kind },
  metadata: { name, namespace, annotations: marks },
  ...more,
});

/** A release of which somebody has scaled the web server to 0 and suspended the clean-up. */
function cluster(): FakeApi {
  const record = {
    ...{ name: "thunderline", namespace, version: 1, manifest },
    info: { status: "deployed" },
    chart: { metadata: { name: "thunderhelm", version: "0.2.0" } },
  };
  return fakeApi([
    {
      ...{ apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1" },
      metadata: {
        ...{ name: "sh.helm.release.v1.thunderline.v1", namespace },
        labels: { owner: "helm", name: "thunderline", version: "1", status: "deployed" },
      },
      data: { release: encodeRecord(record) },
    },
    of("apps/v1", "Deployment", "web", { spec: { replicas: 0 } }),
    of("apps/v1", "StatefulSet", "db", {
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } },
    }),
    of("batch/v1", "CronJob", "clean-up", { spec: { suspend: true } }),
    of("v1", "PersistentVolumeClaim", "runs", { spec: { volumeName: "pv-runs" } }),
    of("v1", "PersistentVolumeClaim", "data-db-0", { spec: { volumeName: "pv-db" } }),
    of("v1", "PersistentVolumeClaim", "data-other-0", {}),
    of("v1", "Secret", "passwords"),
    of("v1", "Service", "web"),
    volume("pv-runs", "Delete"),
    volume("pv-db", "Delete"),
  ]);
}

function volume(name: string, persistentVolumeReclaimPolicy: string): object {
  const spec = { persistentVolumeReclaimPolicy };
  return { apiVersion: "v1", kind: "PersistentVolume", metadata: { name }, spec };
}

async function releaseOf(api: FakeApi): Promise<HelmRelease> {
  const [release] = await readReleases(api, namespace);
  if (release === undefined) throw new Error("no release");
  return release;
}

const names = (objects: readonly KubernetesObject[]): string[] => objects.map(nameOf).sort();

/** The status by Helm's own record, inside and as a label. */
async function status(api: FakeApi): Promise<unknown> {
  const secret = await api.read(kinds.secrets, "sh.helm.release.v1.thunderline.v1", namespace);
  const { info } = decodeRecord("record", secret?.data?.release ?? "");
  return [secret?.metadata.labels?.status, info?.status];
}

describe("the plan of an uninstallation", () => {
  it("deletes what holds no data, and keeps claims and Secrets", async () => {
    const api = cluster();
    const { deleted, kept, claims } = await planUninstall(api, await releaseOf(api));
    expect(deleted.map(nameOf)).toEqual([
      "CronJob thunder/clean-up",
      "StatefulSet thunder/db",
      "Deployment thunder/web",
      "Service thunder/web",
    ]);
    expect(names(kept)).toEqual(["PersistentVolumeClaim thunder/runs", "Secret thunder/passwords"]);
    expect(claims).toEqual(["data-db-0", "runs"]);
    expect(api.calls).toEqual([]);
  });

  it("leaves what another release has taken over", async () => {
    const api = cluster();
    const web = await api.read(kinds.services, "web", namespace);
    await api.replace({ ...web!, metadata: { ...web!.metadata, annotations: {} } });
    const { deleted } = await planUninstall(api, await releaseOf(api));
    expect(names(deleted)).not.toContain("Service thunder/web");
  });
});

describe("an uninstallation", () => {
  it("lets every claim and Secret be, and no volume go with its claim", async () => {
    const api = cluster();
    await uninstall(api, await releaseOf(api));
    expect(names(api.objects)).toEqual([
      "PersistentVolume pv-db",
      "PersistentVolume pv-runs",
      "PersistentVolumeClaim thunder/data-db-0",
      "PersistentVolumeClaim thunder/data-other-0",
      "PersistentVolumeClaim thunder/runs",
      "Secret thunder/passwords",
      "Secret thunder/sh.helm.release.v1.thunderline.v1",
    ]);
    const volumes = await api.list(kinds.persistentVolumes);
    expect(volumes.map(({ spec }) => spec?.persistentVolumeReclaimPolicy)).toEqual([
      "Retain",
      "Retain",
    ]);
  });

  it("takes the claims from a StatefulSet that would delete them before that is deleted", async () => {
    const api = cluster();
    await uninstall(api, await releaseOf(api));
    const retain = api.calls.findIndex((call) => /^patch StatefulSet .*"Retain"/.test(call));
    const gone = api.calls.indexOf("remove StatefulSet thunder/db");
    expect([retain >= 0, retain < gone]).toEqual([true, true]);
  });

  it("is told by Helm's own record", async () => {
    const api = cluster();
    await uninstall(api, await releaseOf(api));
    expect(await status(api)).toEqual(["uninstalled", "uninstalled"]);
  });

  it("ends the same where it was cut off in its middle and is run again", async () => {
    const whole = cluster();
    await uninstall(whole, await releaseOf(whole));
    const cut = cluster();
    const failing = {
      ...cut,
      remove: async (object: KubernetesObject) => {
        if (object.kind === "Deployment") throw new Error("killed");
        await cut.remove(object);
      },
    };
    await expect(uninstall(failing, await releaseOf(cut))).rejects.toThrow("killed");
    await uninstall(cut, await releaseOf(cut));
    expect(names(cut.objects)).toEqual(names(whole.objects));
    await reinstall(cut, await releaseOf(cut));
    const job = await cut.read(kinds.cronJobs, "clean-up", namespace);
    expect(job?.spec?.suspend).toBe(true);
  });
});

describe("what is not of the release alone", () => {
  it("stays where data may hang on it: whatever is of no kind that is known to hold none", async () => {
    const api = cluster();
    const record = await releaseOf(api);
    const custom = of("acme.example.com/v1", "Database", "main") as KubernetesObject;
    await api.create(custom);
    const release = { ...record, objects: [...record.objects, custom] };
    const { deleted, kept } = await planUninstall(api, release);
    expect([names(deleted).includes("Database thunder/main"), names(kept)]).toEqual([
      false,
      expect.arrayContaining(["Database thunder/main"]),
    ]);
  });

  it.each([
    ["another release", { annotations: { ...marks, "meta.helm.sh/release-name": "other" } }],
    ["this program", { labels: { "app.kubernetes.io/managed-by": "pulumi" }, annotations: {} }],
  ])("is no claim of its own where %s has taken it over", async (_, metadata) => {
    const api = cluster();
    const claim = await api.read(kinds.persistentVolumeClaims, "runs", namespace);
    await api.replace({ ...claim!, metadata: { ...claim!.metadata, ...metadata } });
    expect((await planUninstall(api, await releaseOf(api))).claims).toEqual(["data-db-0"]);
  });
});

describe("going back", () => {
  it("does not make what was not there when the release was taken down", async () => {
    const api = cluster();
    await api.remove({
      ...{ apiVersion: "apps/v1", kind: "Deployment" },
      metadata: { name: "web", namespace },
    });
    await uninstall(api, await releaseOf(api));
    await reinstall(api, await releaseOf(api));
    expect(await api.read(kinds.deployments, "web", namespace)).toBeUndefined();
  });

  it("makes all that can be made where one object is refused, and says which was", async () => {
    const api = cluster();
    await uninstall(api, await releaseOf(api));
    const refusing = {
      ...api,
      create: async <T extends KubernetesObject>(object: T): Promise<T> => {
        if (object.kind === "Service") throw new ApiFault(422, "Invalid", "no such port");
        return api.create(object);
      },
    };
    await expect(reinstall(refusing, await releaseOf(api))).rejects.toThrow(
      "Service thunder/web: no such port",
    );
    expect(await api.read(kinds.statefulSets, "db", namespace)).toBeDefined();
    await reinstall(api, await releaseOf(api));
    expect(await api.read(kinds.services, "web", namespace)).toBeDefined();
  });

  it("makes everything again, with as many replicas as there were, not as the chart has", async () => {
    const api = cluster();
    const before = names(api.objects);
    await uninstall(api, await releaseOf(api));
    await reinstall(api, await releaseOf(api));
    expect(names(api.objects)).toEqual(before);
    const web = await api.read(kinds.deployments, "web", namespace);
    expect(web?.spec?.replicas).toBe(0);
    const job = await api.read(kinds.cronJobs, "clean-up", namespace);
    expect(job?.spec?.suspend).toBe(true);
    expect(web?.metadata.annotations).toMatchObject(marks);
    expect(await status(api)).toEqual(["deployed", "deployed"]);
  });

  it("does nothing a second time", async () => {
    const api = cluster();
    await uninstall(api, await releaseOf(api));
    await reinstall(api, await releaseOf(api));
    const { length } = api.calls;
    expect(await reinstall(api, await releaseOf(api))).toEqual([]);
    expect(api.calls).toHaveLength(length);
  });
});
