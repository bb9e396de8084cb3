/** The rule of the volumes: their storage class is there, and offers what their pods need. */
import { faultsOf, type Said, saidBy } from "./support";

const classes = {
  "cluster.storageClasses": {
    standard: { accessModes: ["ReadWriteOnce"] },
    local: { accessModes: ["ReadWriteOncePod"] },
    shared: { accessModes: ["ReadWriteMany"] },
  },
};

function faults(changes: Said): string[] {
  return faultsOf(saidBy("dev", { ...classes, ...changes }));
}

describe("the volume of one node's pods", () => {
  const path = "thunderline.mlflow.volume.storageClass";

  it.each(["mlflow", "livebook", "postgres", "objectStore"])(
    "has a storage class that the cluster offers: that of %s",
    (part) => {
      const setting = `thunderline.${part}.volume.storageClass`;
      expect(faults({ [setting]: "fast-ssd" })).toEqual([
        `platform:${setting}: got "fast-ssd", expected one of standard; or declare it under platform:cluster.storageClasses`,
      ]);
    },
  );

  it("is answered with the storage class that it may mean, of those that fit", () => {
    expect(faults({ [path]: "standart" })).toEqual([
      expect.stringMatching(/expected one of standard; did you mean standard\?$/),
    ]);
  });

  it("has a class that lets the pods of one node write", () => {
    expect(faults({ [path]: "local" })).toEqual([
      `platform:${path}: got "local", expected a class that offers ReadWriteOnce: standard; name one, or declare it under platform:cluster.storageClasses`,
    ]);
  });

  it("may have any class that does", () => {
    const modes = { "cluster.storageClasses.local.accessModes": ["ReadWriteOnce"] };
    expect(faults({ ...modes, [path]: "local" })).toEqual([]);
  });

  it("has the cluster's default class judged where it names none", () => {
    const other = faults({ "cluster.defaultStorageClass": "shared" });
    expect(other).toContain(
      `platform:${path}: got "shared", expected a class that offers ReadWriteOnce: standard; name one, or declare it under platform:cluster.storageClasses`,
    );
  });

  it("is not blamed for a default class that is not there", () => {
    expect(faults({ "cluster.defaultStorageClass": "fast" })).toEqual([
      expect.stringMatching(/^platform:cluster\.defaultStorageClass: got "fast"/),
    ]);
  });

  it("needs its class while its part is switched off too, because the claim is kept", () => {
    const changes = {
      "thunderline.livebook.enabled": false,
      "thunderline.livebook.volume.storageClass": "local",
    };
    expect(faults(changes)).toHaveLength(1);
  });
});

describe("the volume of several nodes' pods", () => {
  const path = "faultmaven.files.sharedClaim.volume.storageClass";
  const volume = (storageClass?: string): Said => ({
    "faultmaven.files": {
      use: "sharedClaim",
      sharedClaim: { volume: { size: "5Gi", storageClass } },
    },
  });

  it("has a class that lets them all write", () => {
    expect(faults(volume("standard"))).toEqual([
      `platform:${path}: got "standard", expected a class that offers ReadWriteMany: shared; name one, or declare it under platform:cluster.storageClasses`,
    ]);
  });

  it("is taken with such a class", () => {
    expect(faults(volume("shared"))).toEqual([]);
  });

  it("names its class, because a default one hardly ever offers that", () => {
    expect(faults(volume())).toEqual([expect.stringMatching(`^platform:${path}: nothing is set`)]);
  });

  it("names no class where the cluster has none that offers it", () => {
    const without = { "cluster.storageClasses.shared": undefined };
    expect(faults({ ...volume("standard"), ...without })).toEqual([
      `platform:${path}: got "standard", expected a class that offers ReadWriteMany; name one, or declare it under platform:cluster.storageClasses`,
    ]);
  });
});

describe("a volume with a claim that somebody else made", () => {
  const path = "thunderline.mlflow.volume";
  const existing = { [`${path}.existingClaim`]: "data-theirs-0" };

  it("is not asked for a class, which somebody else has chosen", () => {
    const other = { [`${path}.storageClass`]: "theirs", [`${path}.ownClaim`]: "discard" };
    expect(faults({ ...existing, ...other })).toEqual([]);
  });

  it("is asked for one as long as the program's own claim is there beside it", () => {
    expect(faults({ ...existing, [`${path}.storageClass`]: "theirs" })).toEqual([
      expect.stringContaining(`platform:${path}.storageClass: got "theirs"`),
    ]);
  });

  it("alone says what becomes of the program's own", () => {
    expect(faults({ [`${path}.ownClaim`]: "discard" })).toEqual([
      `platform:${path}.ownClaim: got "discard", expected nothing, because no existingClaim takes the place of this program's own claim`,
    ]);
  });

  it("is the only one with it in its namespace, or two servers would write into it", () => {
    const two = { ...existing, "thunderline.postgres.volume.existingClaim": "data-theirs-0" };
    expect(faults(two)).toEqual([
      'platform:thunderline.postgres.volume.existingClaim: got "data-theirs-0", expected a claim of its own, and platform:thunderline.mlflow.volume has this one',
    ]);
  });

  it("may have the name of one in another namespace", () => {
    const { timescaledb, heatpumpSettings } = {
      timescaledb: "telemetry.timescaledb.postgres.volume.existingClaim",
      heatpumpSettings: "telemetry.heatpumpSettings.postgres.volume.existingClaim",
    };
    expect(faults({ [timescaledb]: "data-0", [heatpumpSettings]: "data-0" })).toEqual([]);
  });

  it("alone has its data in another folder: elsewhere a server would make an empty database", () => {
    const folder = { "thunderline.postgres.dataFolder": "data" };
    expect(faults(folder)).toEqual([
      'platform:thunderline.postgres.dataFolder: got "data", expected pgdata, because no existingClaim has the data elsewhere',
    ]);
    const claimed = { "thunderline.postgres.volume.existingClaim": "data-theirs-0" };
    expect(faults({ ...folder, ...claimed })).toEqual([]);
  });
});
