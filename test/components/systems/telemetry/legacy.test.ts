/** Proves what is declared of the old stack; that the API server applies a patch so, the cluster tests show. */
import { Telemetry } from "../../../../components/systems/telemetry";
import type { Registered } from "../../../support/recorder";
import { settingsOf } from "../../../support/settings";
import type { Synthesis } from "../../../support/synth";
import { building } from "../../../support/system";
import { cutover, legacy, telemetryOf } from "../../../support/telemetry";

const rendered = building(
  (place, settings, opts) =>
    new Telemetry("telemetry", { place, settings: settings.telemetry, touchesLegacy: false }, opts),
);

function patches({ resources }: Synthesis<unknown>): Registered[] {
  return resources.filter(({ type }) => type.endsWith("Patch"));
}

/** Each patched Deployment with the number of replicas that it gets. */
function replicas(synthesis: Synthesis<unknown>): Record<string, unknown> {
  const entries = patches(synthesis).map(({ inputs }) => {
    const { metadata, spec } = inputs as { metadata: { name: string }; spec: unknown };
    return [metadata.name, spec];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

/** Taken over once, and gone back. */
const back = { ...cutover, phase: "parallel" };

describe("the old stack", () => {
  it("is not touched before the first cut-over", async () => {
    expect(patches(await telemetryOf("prod", { legacy }))).toEqual([]);
  });

  it("is stopped by a cut-over", async () => {
    expect(replicas(await telemetryOf("prod", { ...cutover, legacy }))).toEqual({
      "old-bridge": { replicas: 0 },
      "old-sink": { replicas: 0 },
    });
  });

  it("has the listed replicas again after going back", async () => {
    expect(replicas(await telemetryOf("prod", { ...back, legacy }))).toEqual({
      "old-bridge": { replicas: 1 },
      "old-sink": { replicas: 3 },
    });
  });

  it("is the same resources after going back, so that nothing is let go in between", async () => {
    const urns = async (settings: object): Promise<string[]> =>
      patches(await telemetryOf("prod", { ...settings, legacy })).map(({ urn }) => urn);
    expect(await urns(back)).toEqual(await urns(cutover));
  });

  it.each([
    ["there is none", {}],
    ["none of it is listed", { legacy: { ...legacy, deployments: [] } }],
    ["the stack is off", { legacy, enabled: false }],
  ])("is not touched where %s", async (_, settings) => {
    expect(patches(await telemetryOf("prod", { ...cutover, ...settings }))).toEqual([]);
  });

  it("is not touched where the program only renders", async () => {
    const settings = settingsOf("prod", { telemetry: { ...cutover, legacy } });
    expect(patches(await rendered(settings))).toEqual([]);
  });
});

describe("the patch of an old Deployment", () => {
  let patch: Registered;
  beforeAll(async () => {
    [patch] = patches(await telemetryOf("prod", { ...cutover, legacy })) as [Registered];
  });

  it("takes the one field from whoever has it, and no other", () => {
    expect(patch.inputs).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "old-bridge",
        namespace: "old-telemetry",
        annotations: { "pulumi.com/patchForce": "true" },
      },
      spec: { replicas: 0 },
    });
  });

  it("leaves the number as it is when the old stack is no longer listed", () => {
    expect(patch.retainOnDelete).toBe(true);
  });

  it("goes through the stack's provider", () => {
    expect(patch.provider).toContain("::cluster::");
  });
});

describe("a cut-over", () => {
  it("changes nothing of the new stack", async () => {
    const others = ({ resources }: Synthesis<unknown>): unknown[] =>
      resources
        .filter(({ type }) => !type.endsWith("Patch"))
        .map(({ urn, inputs }) => [urn, inputs]);
    const [before, after] = [{ legacy }, { ...cutover, legacy }].map((said) =>
      telemetryOf("prod", said),
    );
    expect(others(await after!)).toEqual(others(await before!));
  });
});
