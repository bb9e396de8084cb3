import { dumpBackup, kubectlResources } from "../../config/backup";
import { backupDemand } from "../../config/backup-demand";
import { nothing, podDemand, total, volumeDemand } from "../../config/demand";

const resources = {
  requests: { cpu: "100m", memory: "256Mi" },
  limits: { cpu: "500m", memory: "1Gi" },
};
const volume = { size: "20Gi" };
const claim = { volume, data: "discard" };
const archive = { claim, schedule: "0 2 * * *", keepDays: 30, resources, deadlineSeconds: 600 };
const snapshots = { schedule: "0 4 * * *", keepDays: 30 };

const dump = dumpBackup.parse({ method: "dump", ...archive, target: { to: "claim" } });
const both = dumpBackup.parse({ ...dump, snapshots });
const none = dumpBackup.parse({ method: "none", claim, reason: "it is made anew each night" });
const kept = { ...none, claim: { volume, data: "keep" } } as const;

const inUse = true;

describe("the demand of backups", () => {
  it("is a pod and a volume for a dump on a claim", () => {
    expect(backupDemand([{ backup: dump, inUse }])).toEqual(
      total([podDemand(1, resources), volumeDemand(volume)]),
    );
  });

  it("has a pod that makes snapshots, and one that prunes them for all stores", () => {
    const two = [
      { backup: both, inUse },
      { backup: both, inUse },
    ];
    expect(backupDemand(two)).toEqual(
      total([
        podDemand(2, resources),
        podDemand(3, kubectlResources),
        volumeDemand(volume),
        volumeDemand(volume),
      ]),
    );
  });

  it("is nothing without a backup whose claim was given up", () => {
    expect(backupDemand([{ backup: none, inUse }])).toEqual(nothing);
  });

  it("keeps the volume of earlier backups as long as its policy does", () => {
    expect(backupDemand([{ backup: kept, inUse }])).toEqual(volumeDemand(volume));
  });

  it("is nothing for a store that is not here", () => {
    expect(backupDemand([{ backup: both, inUse: false }])).toEqual(nothing);
  });
});
