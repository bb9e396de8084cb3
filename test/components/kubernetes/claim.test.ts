/** Proves what is declared of a volume; that a provisioner makes it, the cluster tests show. */
import * as k8s from "@pulumi/kubernetes";

import { Claim, type ClaimArgs } from "../../../components/kubernetes/claim";
import { retention } from "../../../components/scope";
import type { BackupSettings } from "../../../config/backup";
import { postures } from "../../../config/environment";
import { testScope } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

const inUse = retention(postures.prod, true, "keep");

function claim(args: Partial<ClaimArgs> = {}): Promise<Synthesis<Claim>> {
  return synth(
    () =>
      new Claim("acme-data", {
        scope: testScope(),
        name: "data",
        volume: { size: "10Gi" },
        retention: inUse,
        ...args,
      }),
  );
}

describe("a claim", () => {
  it("asks for the size that the settings name", async () => {
    const { spec } = (await claim()).object("PersistentVolumeClaim", "data");
    expect(spec.resources.requests).toEqual({ storage: "10Gi" });
  });

  it("is for the pods of one node", async () => {
    const { spec } = (await claim()).object("PersistentVolumeClaim", "data");
    expect(spec.accessModes).toEqual(["ReadWriteOnce"]);
  });

  it("is for the pods of several nodes at once where they share it", async () => {
    const { spec } = (await claim({ shared: true })).object("PersistentVolumeClaim", "data");
    expect(spec.accessModes).toEqual(["ReadWriteMany"]);
  });

  it.each([true, false])("tells its pods whether they share it: %s", async (shared) => {
    expect((await claim({ shared })).value.shared).toBe(shared);
  });

  it("names the cluster's default class, so that another default never applies to it", async () => {
    const { spec } = (await claim()).object("PersistentVolumeClaim", "data");
    expect(spec.storageClassName).toBe("standard");
  });

  it("names another class where the settings do", async () => {
    const volume = { size: "10Gi", storageClass: "fast" };
    const { spec } = (await claim({ volume })).object("PersistentVolumeClaim", "data");
    expect(spec.storageClassName).toBe("fast");
  });

  it("waits for the namespace alone, so that a quota never holds data back", async () => {
    const synthesis = await synth(() => {
      const named = (name: string): k8s.core.v1.ConfigMap =>
        new k8s.core.v1.ConfigMap(name, { metadata: { name } });
      const [namespace, quota] = [named("namespace"), named("quota")];
      const scope = testScope({ exists: [namespace], ready: [namespace, quota] });
      new Claim("acme-data", { scope, name: "data", volume: { size: "1Gi" }, retention: inUse });
    });
    expect(synthesis.waits("PersistentVolumeClaim/data")).toEqual(["ConfigMap/namespace"]);
  });
});

describe("a claim's protection", () => {
  it.each([
    { environment: "dev", used: true, policy: "keep", protect: false },
    { environment: "prod", used: true, policy: "keep", protect: true },
    { environment: "prod", used: true, policy: "discard", protect: true },
    { environment: "prod", used: false, policy: "keep", protect: true },
    { environment: "prod", used: false, policy: "release", protect: false },
  ] as const)(
    "is $protect in $environment with policy $policy, in use: $used",
    async ({ environment, used, policy, protect }) => {
      const kept = retention(postures[environment], used, policy);
      const synthesis = await claim({ retention: kept });
      expect(synthesis.resource("PersistentVolumeClaim/data").protect).toBe(protect);
    },
  );

  it("is named to the user when nothing uses the claim any more", async () => {
    const { messages } = await claim({ retention: retention(postures.prod, false, "keep") });
    expect(messages).toEqual([expect.stringMatching(/^claim acme\/data is kept and protected;/)]);
  });

  it("is named as given up when the claim was released", async () => {
    const { messages } = await claim({ retention: retention(postures.prod, false, "release") });
    expect(messages).toEqual([
      expect.stringMatching(/^claim acme\/data is kept, no longer protected;/),
    ]);
  });

  it("needs no mention while the claim is in use", async () => {
    expect((await claim()).messages).toEqual([]);
  });
});

describe("a claim that somebody else made", () => {
  const existingClaim = "data-thunderline-postgresql-0";
  const foreign = (ownClaim?: "keep" | "release" | "discard"): Promise<Synthesis<Claim>> =>
    claim({ volume: { size: "10Gi", existingClaim, ...(ownClaim && { ownClaim }) } });

  it("is mounted by its name, under a volume's name as short as ever", async () => {
    const { value } = await foreign("discard");
    expect([value.claimName, value.volumeName]).toEqual([existingClaim, "data"]);
    expect(value.ready).toEqual([]);
  });

  it("is in no state, so that no update changes or deletes it", async () => {
    const { resources } = await foreign("discard");
    expect(resources.filter(({ type }) => type.includes("PersistentVolumeClaim"))).toEqual([]);
  });

  it.each([
    [undefined, true],
    ["keep", true],
    ["release", false],
  ] as const)("lets go of the program's own one by its setting alone: %s", async (own, protect) => {
    const { resources } = await foreign(own);
    const kept = resources.filter(({ type }) => type.includes("PersistentVolumeClaim"));
    expect(kept.map((resource) => [resource.name, resource.protect])).toEqual([
      ["acme-data", protect],
    ]);
  });

  it("is watched where it is mounted", async () => {
    const scope = testScope();
    const volume = { size: "10Gi", existingClaim };
    await claim({ scope, volume });
    expect(scope.inventory.claims).toEqual([existingClaim]);
  });
});

describe("a claim that nobody backs up", () => {
  const backup = { method: "none", reason: "it is made anew each night" } as BackupSettings;
  const excepted = { "policy.platform/backup-for-each-store": "it is made anew each night" };

  it("lets its server say why, and stays as it is when the server goes", async () => {
    const { value, resources } = await claim({ backup });
    expect(value.excepted).toEqual(excepted);
    expect(JSON.stringify(resources.map(({ inputs }) => inputs))).not.toContain("policy.platform");
  });

  it("does so for one that somebody else made", async () => {
    const { value } = await claim({ backup, volume: { size: "10Gi", existingClaim: "theirs" } });
    expect(value.excepted).toEqual(excepted);
  });
});
