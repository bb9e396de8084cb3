/** Proves when others work on a volume that ours would mount: one of two servers would destroy it. */
import { holdingsOf } from "../../../cli/adopt/holdings";
import { claimsInUse, requireClaimsFree } from "../../../cli/adopt/in-use";
import type { Pod } from "../../../cli/adopt/objects";
import { obstaclesOfClaims } from "../../../cli/adopt/obstacles";
import { isPodOf, writersOf } from "../../../cli/adopt/pods";
import { settingsOf } from "../../support/settings";
import { claim, marks, nothing, release, workload } from "./support";

const name = "data-old-0";
const volumes = [{ name: "data", persistentVolumeClaim: { claimName: name } }];

function pod(changes: Partial<Pod["metadata"]> = {}, phase = "Running"): Pod {
  return {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "old-0", ...changes } },
    ...{ spec: { containers: [], volumes }, status: { phase } },
  };
}

const owned = (kind: string, by: string): Partial<Pod["metadata"]> => ({
  ownerReferences: [{ kind, uid: `uid of ${by}`, name: by }],
});

describe("a pod with a claim", () => {
  it.each(["Running", "Pending", "Unknown"])("writes it while it is %s", (phase) => {
    expect(writersOf(name, [pod({}, phase)])).toHaveLength(1);
  });

  it.each(["Succeeded", "Failed"])(
    "writes it no more when it is %s, as an evicted one",
    (phase) => {
      expect(writersOf(name, [pod({}, phase)])).toEqual([]);
    },
  );

  it("may be ours", () => {
    const labels = { "app.kubernetes.io/managed-by": "pulumi" };
    expect(writersOf(name, [pod({ labels })])).toEqual([]);
  });

  it("is of the workload that made it, not of one whose labels it carries", () => {
    const old = workload("StatefulSet", "old", { containers: [], volumes });
    const labels = { app: "old" };
    expect(isPodOf(old, pod({ labels, ...owned("StatefulSet", "old") }))).toBe(true);
    expect(isPodOf(old, pod({ labels }))).toBe(false);
    expect(isPodOf(old, pod({ labels, ...owned("Job", "copy") }))).toBe(false);
  });

  it("is of its Deployment by the ReplicaSet between them", () => {
    const web = workload("Deployment", "web", { containers: [], volumes });
    const labels = { app: "web" };
    expect(isPodOf(web, pod({ labels, ...owned("ReplicaSet", "web-5d9c7") }))).toBe(true);
    expect(isPodOf(web, pod({ labels, ...owned("ReplicaSet", "worker-5d9c7") }))).toBe(false);
  });
});

describe("a claim that is to be taken over", () => {
  const old = workload("StatefulSet", "old", {
    containers: [{ name: "a", image: "a:1", volumeMounts: [{ name: "data", mountPath: "/data" }] }],
    volumes,
  });
  const found = (pods: readonly Pod[], workloads = [old]): string[] => {
    const live = { ...nothing, workloads, pods, claims: [claim(name)] as never };
    return obstaclesOfClaims(holdingsOf(release(), live)).map(({ what }) => what);
  };

  it("is free with the pods of what is stopped", () => {
    const own = pod({ labels: { app: "old" }, ...owned("StatefulSet", "old") });
    expect(found([own])).toEqual([]);
  });

  it("is not with the pod of a job, the release's own or another", () => {
    const job = pod({ name: "nightly-1", ...owned("Job", "nightly-1") });
    expect(found([job])).toEqual([`Claim ${name} is mounted by others too: Pod nightly-1.`]);
  });

  it("is not with a DaemonSet of the release, which nobody scales down", () => {
    const agent = workload("DaemonSet", "agent", { containers: [], volumes });
    expect(found([], [old, agent])).toEqual([
      `Claim ${name} is mounted by others too: DaemonSet agent.`,
    ]);
  });
});

describe("an update", () => {
  const settings = settingsOf("dev", {
    thunderline: { postgres: { volume: { existingClaim: name } } },
  });
  const target = (
    pods: readonly Pod[],
    kind: "embedded" | "none" = "embedded",
  ): Parameters<typeof requireClaimsFree>[0] => ({
    ...{ kind, settings, stack: "dev" },
    kubectl: () => Promise.resolve(JSON.stringify({ items: pods })),
  });

  it("is refused while the old pod has a claim that the settings name", async () => {
    await expect(requireClaimsFree(target([pod({ annotations: marks })]))).rejects.toThrow(
      `  - claim ${name} of thunderline: mounted by Pod old-0, and named by platform:thunderline.postgres.volume`,
    );
  });

  it("may begin when nobody has it, and where there is no cluster", async () => {
    await expect(requireClaimsFree(target([pod({}, "Failed")]))).resolves.toBeUndefined();
    await expect(requireClaimsFree(target([pod()], "none"))).resolves.toBeUndefined();
  });

  it("asks for nothing where the settings name no claim", async () => {
    const asked = jest.fn();
    expect(await claimsInUse(settingsOf("dev"), asked)).toEqual([]);
    expect(asked).not.toHaveBeenCalled();
  });
});
