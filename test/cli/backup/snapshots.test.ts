/**
 * Proves of which volumes a snapshot is made, and that one which its driver does not get ready is told.
 * The driver is played: test/cluster/snapshots.test.ts shows what an API server takes.
 */
import { claim, copyOf, namespace, planOf, Scene } from "./support";

describe("a snapshot", () => {
  const csi = (name: string, driver: string) => {
    const [one, volume] = claim(name) as readonly [object, object];
    return [one, { ...volume, spec: { csi: { driver } } }];
  };
  const group = "snapshot.storage.k8s.io/v1";
  const snapshotClass = {
    ...{ apiVersion: group, kind: "VolumeSnapshotClass", metadata: { name: "fast" } },
    driver: "csi.example.com",
  };
  const served = {
    ...{
      apiVersion: group,
      kind: "VolumeSnapshot",
      metadata: { name: "other", namespace: "other" },
    },
  };

  it("is made where a class is of the volume's driver", async () => {
    const volumes = [...csi("data", "csi.example.com"), ...csi("other", "csi.other.com")];
    const { snapshots } = await planOf([...volumes, snapshotClass, served]);
    expect(snapshots).toEqual([{ claim: "data", namespace, className: "fast" }]);
  });

  it("is not made where the cluster knows none", async () => {
    expect((await planOf(csi("data", "csi.example.com"))).snapshots).toEqual([]);
  });
});

describe("a snapshot that is offered", () => {
  const group = { apiVersion: "snapshot.storage.k8s.io/v1" };
  const [runs] = claim("runs") as readonly [object];
  const objects = [
    runs,
    {
      ...{ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "pv-runs" } },
      spec: { csi: { driver: "csi.example.com" } },
    },
    {
      ...{ ...group, kind: "VolumeSnapshotClass", metadata: { name: "fast" } },
      driver: "csi.example.com",
    },
    { ...group, kind: "VolumeSnapshot", metadata: { name: "other", namespace: "other" } },
  ];

  const scenes: Scene[] = [];
  const scene = async (snapshot: object): Promise<Scene> => {
    const files = await copyOf({ a: "b" });
    const made = new Scene(objects, { snapshot, content: () => files });
    scenes.push(made);
    return made;
  };
  afterAll(() => {
    for (const one of scenes) one.remove();
  });

  it("is made besides the copy, and named in the list of volumes", async () => {
    const content = { boundVolumeSnapshotContentName: "content-1" };
    const it = await scene({ readyToUse: true, ...content });
    expect(await it.backUp()).toMatchObject({
      complete: true,
      snapshots: [{ claim: "runs", name: "runs-20260102t030405z", content: "content-1" }],
    });
  });

  const why = "VolumeSnapshot runs-20260102t030405z is not ready after 0.05 s: no room";

  it("is a note to the data when its driver does not get it ready", async () => {
    const it = await scene({ error: { message: "no room" } });
    const made = await it.backUp();
    expect(made).toMatchObject({ complete: true, missing: [], snapshots: [] });
    expect(made.manifest.entries.find(({ kind }) => kind === "copy")?.note).toBe(
      `there is no snapshot of it besides: ${why}`,
    );
  });

  it("is missing where the data are missing too", async () => {
    const it = await scene({ error: { message: "no room" } });
    Object.assign(it.containers, { log: async () => "" });
    expect((await it.backUp()).missing).toEqual([
      expect.objectContaining({ what: "claim runs" }),
      { what: "a snapshot of claim runs", why },
    ]);
  });
});
