/** Proves what each track is and what a switch changes; that no request is lost, only a real cluster shows. */
import type { FaultMaven } from "../../../../components/systems/faultmaven";
import { blue, faultmavenOf, green, image, migrationOf } from "../../../support/faultmaven";
import { titleOf } from "../../../support/manifests";
import { envOf } from "../../../support/pods";
import type { Registered } from "../../../support/recorder";
import type { Synthesis } from "../../../support/synth";

const tracks = [blue, green];

let single: Synthesis<FaultMaven>;
let both: Synthesis<FaultMaven>;
let switched: Synthesis<FaultMaven>;
beforeAll(async () => {
  single = await faultmavenOf("prod");
  both = await faultmavenOf("prod", { tracks });
  switched = await faultmavenOf("prod", { tracks, live: "green" });
});

/** All that the engine is told of resources, each fact under a URN and a name. */
function factsOf(resources: readonly Registered[]): Map<string, string> {
  return new Map(
    resources.flatMap((resource) => {
      const { urn, dependsOn, inputs, ...rest } = resource;
      const waits = dependsOn.map((other) => other.urn).sort();
      const plain = Object.entries(rest).filter(([name]) => name !== "parent");
      const facts = leaves({ ...Object.fromEntries(plain), waits, inputs }, titleOf(resource));
      return facts.map(([name, value]) => [`${urn} | ${name}`, value] as const);
    }),
  );
}

function leaves(value: unknown, name: string): [string, string][] {
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, below]) => leaves(below, `${name} ${key}`))
    : [[name, String(value)]];
}

/** The names of all facts that differ. */
function changes(before: readonly Registered[], after: readonly Registered[]): unknown[] {
  const [old, current] = [factsOf(before), factsOf(after)];
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((name) => old.get(name) !== current.get(name))
    .map((name) => name.split(" | ")[1])
    .sort();
}

/** Everything that belongs to a track. */
function trackOf({ resources }: Synthesis<unknown>, name: string): Registered[] {
  const isIn = (resource: Registered | undefined): boolean =>
    resource !== undefined &&
    (resource.type === "platform:systems:Track"
      ? resource.name === `faultmaven-${name}`
      : isIn(resource.parent));
  return resources.filter(isIn);
}

/** Which track a Service leads to. */
function behind(synthesis: Synthesis<unknown>, service: string): string | undefined {
  return synthesis.object("Service", service).spec.selector["app.kubernetes.io/name"];
}

function volumesOf(synthesis: Synthesis<unknown>, name: string): unknown {
  return synthesis.object("Deployment", `faultmaven-${name}`).spec.template.spec.volumes;
}

describe("one track", () => {
  it("is the live one", () => {
    expect(behind(single, "faultmaven")).toBe("faultmaven-blue");
  });

  it("has nothing beside it to look at", () => {
    const names = [...single.names("Service"), ...single.names("Ingress")];
    expect(names.filter((name) => name.includes("preview"))).toEqual([]);
  });

  it("may be green", async () => {
    const other = await faultmavenOf("prod", { tracks: [green], live: "green" });
    expect([other.names("Deployment"), behind(other, "faultmaven")]).toEqual([
      ["faultmaven-green"],
      "faultmaven-green",
    ]);
  });
});

describe("a track beside the live one", () => {
  it("leaves users where they are", () => {
    expect(behind(both, "faultmaven")).toBe("faultmaven-blue");
  });

  it("leaves everything of the live one as it was", () => {
    expect(changes(trackOf(single, "blue"), trackOf(both, "blue"))).toEqual([]);
  });

  it("has a Service and an Ingress of its own", () => {
    const [rule] = both.object("Ingress", "faultmaven-preview").spec.rules;
    expect([
      behind(both, "faultmaven-preview"),
      rule?.host,
      rule?.http.paths[0]?.backend.service,
    ]).toEqual([
      "faultmaven-green",
      "preview.example.com",
      { name: "faultmaven-preview", port: { number: 80 } },
    ]);
  });

  it("is reached inside the cluster alone where preview has no ingress", async () => {
    const closed = await faultmavenOf("prod", { tracks, preview: { enabled: false } });
    expect([closed.names("Ingress"), closed.value.outputs?.previewUrl]).toEqual([
      ["faultmaven"],
      "http://faultmaven-preview.faultmaven.svc.cluster.local",
    ]);
  });

  it("runs its own image", () => {
    const images = tracks.map(
      ({ name }) =>
        both.object("Deployment", `faultmaven-${name}`).spec.template.spec.containers[0]?.image,
    );
    expect(images).toEqual([blue.image, green.image]);
  });

  it("uses the same stores, secrets and settings", () => {
    expect(envOf(both, "Deployment/faultmaven-green")).toEqual(
      envOf(both, "Deployment/faultmaven-blue"),
    );
  });

  it("writes to the same claim", () => {
    expect(volumesOf(both, "green")).toEqual(volumesOf(both, "blue"));
    expect(both.names("PersistentVolumeClaim")).toEqual(single.names("PersistentVolumeClaim"));
  });
});

describe("a switch of the live track", () => {
  const selected = "inputs spec selector app.kubernetes.io/name";

  it("changes where the two Services lead, and nothing else", () => {
    expect(changes(both.resources, switched.resources)).toEqual([
      `Service/faultmaven ${selected}`,
      `Service/faultmaven-preview ${selected}`,
    ]);
  });

  it("leads users to the other track, and the one that they left to preview", () => {
    expect([behind(switched, "faultmaven"), behind(switched, "faultmaven-preview")]).toEqual([
      "faultmaven-green",
      "faultmaven-blue",
    ]);
  });

  it("is told in the outputs, under the addresses that were there", () => {
    expect(switched.value.outputs).toEqual({ ...both.value.outputs, live: "green" });
  });

  it("leads to replicas that are up: both Services wait for both tracks", () => {
    const replicas = ["Deployment/faultmaven-blue", "Deployment/faultmaven-green"];
    expect(both.waits("Service/faultmaven")).toEqual(expect.arrayContaining(replicas));
    expect(both.waits("Service/faultmaven-preview")).toEqual(expect.arrayContaining(replicas));
  });

  it("back gives the very first program", async () => {
    // Said in another order, so that it is built anew.
    const back = await faultmavenOf("prod", { live: "blue", tracks });
    expect(back).not.toBe(both);
    expect(changes(both.resources, back.resources)).toEqual([]);
  });
});

describe("a track's migration", () => {
  it("runs the image of its release", () => {
    const job = both.object("Job", migrationOf(both, "green").slice(4));
    expect(job.spec.template.spec.containers[0]?.image).toBe(green.image);
  });

  it("is told its release, and whether it contracts", async () => {
    const contracting = await faultmavenOf("prod", { tracks: [{ ...blue, contracts: true }] });
    expect([single, contracting].map((one) => envOf(one, migrationOf(one)).CONTRACTS)).toEqual([
      "false",
      "true",
    ]);
    expect(envOf(single, migrationOf(single)).RELEASE).toBe("1");
  });

  it("waits until role and database are there", () => {
    expect(both.waits(migrationOf(both))).toContainEqual(
      expect.stringMatching(/^Job\/postgres-setup-/),
    );
  });

  it.each(["blue", "green"])("is done before the replicas of %s start", (name) => {
    expect(both.waits(`Deployment/faultmaven-${name}`)).toContain(migrationOf(both, name));
  });

  it("holds nothing of the other track up", () => {
    expect(both.waits("Deployment/faultmaven-blue")).not.toContain(migrationOf(both, "green"));
  });

  it.each([
    ["image", { image: `${image}1` }],
    ["release", { release: 7 }],
    ["contraction", { contracts: true }],
  ])("runs again for another %s", async (_, change) => {
    const other = await faultmavenOf("prod", { tracks: [{ ...blue, ...change }] });
    expect(migrationOf(other)).not.toBe(migrationOf(single));
  });

  it("does not run again after a switch", () => {
    expect(switched.names("Job")).toEqual(both.names("Job"));
  });

  it("does not run again for a setting that only the replicas read", async () => {
    const app = { jwt: { expiryMinutes: 60 }, port: 8090 };
    expect(migrationOf(await faultmavenOf("prod", { app }))).toBe(migrationOf(single));
  });
});
