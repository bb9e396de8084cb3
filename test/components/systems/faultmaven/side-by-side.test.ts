/** Proves that two FaultMavens of one stack share nothing; that two run well, only a real cluster shows. */
import * as k8s from "@pulumi/kubernetes";

import { provider } from "../../../../components/kubernetes/provider";
import { FaultMaven } from "../../../../components/systems/faultmaven";
import { blue, green } from "../../../support/faultmaven";
import { invariants } from "../../../support/invariants";
import { manifestOf, titleOf } from "../../../support/manifests";
import type { Registered } from "../../../support/recorder";
import { settingsOf } from "../../../support/settings";
import { synth, Synthesis } from "../../../support/synth";
import { placeOf } from "../../../support/system";

const systems = ["north", "south"] as const;
const namespaces = { north: "north-desk", south: "south-desk" } as const;
const onProvider = "every object is applied by the stack's provider";
const alone = "nothing but the system itself has no parent";

let together: Synthesis<unknown>;
let parts: Readonly<Record<(typeof systems)[number], Synthesis<unknown>>>;
beforeAll(async () => {
  const settings = settingsOf("prod", { faultmaven: { tracks: [blue, green] } });
  const place = placeOf(settings);
  const build = (
    name: "north" | "south",
    opts: ConstructorParameters<typeof FaultMaven>[2],
  ): FaultMaven =>
    new FaultMaven(
      name,
      { place, settings: { ...settings.faultmaven, namespace: namespaces[name] } },
      opts,
    );
  together = await synth(
    () => {
      build("north", { providers: [provider(settings)] });
      build("south", { provider: new k8s.Provider("elsewhere", { context: "elsewhere" }) });
    },
    { preview: true },
  );
  parts = { north: partOf("north"), south: partOf("south") };
});

/** One of the systems as if it were the only one of its stack. */
function partOf(name: string): Synthesis<unknown> {
  const own = together.resources.filter((resource) => rootOf(resource).name === name);
  return new Synthesis(undefined, own, together.messages);
}

function rootOf(resource: Registered): Registered {
  return resource.parent === undefined ? resource : rootOf(resource.parent);
}

/** Everything that a system declares, as text. */
function textOf({ resources }: Synthesis<unknown>): string {
  return JSON.stringify(resources.map(({ name, inputs }) => [name, inputs]));
}

function objectsOf({ resources }: Synthesis<unknown>): string[] {
  return resources.flatMap((resource) => {
    const manifest = manifestOf(resource);
    if (manifest === undefined) return [];
    return [`${manifest.metadata.namespace ?? "cluster"} ${titleOf(resource)}`];
  });
}

describe("two FaultMavens in one stack", () => {
  it("are as large as each other, and all that there is", () => {
    const providers = together.resources.filter(({ type }) => type.startsWith("pulumi:providers:"));
    const counts = systems.map((name) => parts[name].resources.length);
    expect(counts).toEqual([counts[0], counts[0]]);
    expect(together.resources).toHaveLength(2 * (counts[0] ?? 0) + providers.length);
  });

  it("have no resource in common", () => {
    const urns = together.resources.map(({ urn }) => urn);
    expect(urns.filter((urn, index) => urns.indexOf(urn) !== index)).toEqual([]);
  });

  it("have no object in common", () => {
    const north = objectsOf(parts.north);
    expect(objectsOf(parts.south).filter((object) => north.includes(object))).toEqual([]);
  });

  it.each([
    ["north", "south"],
    ["south", "north"],
  ] as const)("know nothing of each other: %s is not told of %s", (one, other) => {
    expect(textOf(parts[one])).not.toMatch(new RegExp(`\\b${other}\\b`));
  });

  it.each(systems)("do not wait for each other: %s", (name) => {
    const own = parts[name].resources;
    const foreign = own.flatMap(({ dependsOn }) => dependsOn).filter((one) => !own.includes(one));
    expect(foreign.map(titleOf)).toEqual([]);
  });

  it.each(systems)("let nobody but their own pods and the ingress in: %s", (name) => {
    const named = [...textOf(parts[name]).matchAll(/"kubernetes\.io\/metadata\.name":"([^"]+)"/g)];
    expect([...new Set(named.map(([, namespace]) => namespace))].sort()).toEqual([
      "ingress-nginx",
      "kube-system",
    ]);
  });

  it("have passwords of their own", () => {
    const [first = [], second = []] = systems.map((name) =>
      parts[name]
        .objects("Secret")
        .flatMap(({ stringData }) => Object.entries(stringData))
        .filter(([key]) => key !== "openai-api-key")
        .map(([, value]) => value),
    );
    expect(second.filter((value) => first.includes(value))).toEqual([]);
  });

  it("say which of them each object belongs to", () => {
    const instances = systems.map((name) =>
      parts[name].resources
        .map((resource) => manifestOf(resource)?.metadata.labels?.["app.kubernetes.io/instance"])
        .filter((instance) => instance !== undefined),
    );
    expect(instances.map((some) => [...new Set(some)])).toEqual([["north"], ["south"]]);
  });

  it("are applied by the providers that they were given", () => {
    const providers = systems.map((name) =>
      parts[name].resources
        .filter((resource) => manifestOf(resource) !== undefined)
        .map((resource) => /::(\w+)::[^:]+$/.exec(resource.provider)?.[1]),
    );
    expect(providers.map((some) => [...new Set(some)])).toEqual([["cluster"], ["elsewhere"]]);
  });

  it("make a stack with two systems in it", () => {
    expect(invariants[alone]?.(together, {})).toHaveLength(2);
  });
});

describe.each(systems)("in %s of two FaultMavens", (name) => {
  const names = Object.keys(invariants).filter(
    (invariant) => name === "north" || invariant !== onProvider,
  );

  it.each(names)("%s", (invariant) => {
    expect(invariants[invariant]?.(parts[name], {})).toEqual([]);
  });
});
