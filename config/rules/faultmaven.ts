import { highest } from "../demand";
import type { Fault } from "../faults";
import { type FaultMavenSettings, providerHosts, trackNames } from "../systems/faultmaven";
import { faultmavenDemand } from "../systems/faultmaven-demand";
import { isAddressable } from "./blocks";
import type { RuleInput } from "./index";
import { quotaFits } from "./quota";

const here = "faultmaven";

/** Rules between the parts of FaultMaven. */
export function faultmavenRules(input: RuleInput): Fault[] {
  const { faultmaven } = input.settings;
  if (!faultmaven.enabled) return [];
  return [
    ...quotaFits(faultmaven.quota, faultmavenDemand(faultmaven), [here, "quota"]),
    ...tracksStandSideBySide(faultmaven),
    ...filesAreReachable(faultmaven),
    ...waysInDiffer(faultmaven, input),
    ...modelIsReachable(faultmaven, input),
    ...chromaKeepsItsData(faultmaven),
    ...driversTrustTheServer(faultmaven),
    ...legacyIsNotOurs(input),
  ];
}

function tracksStandSideBySide({ live, tracks }: FaultMavenSettings): Fault[] {
  const names = tracks.map(({ name }) => name);
  const faults: Fault[] = [];
  if (!names.includes(live)) {
    faults.push({
      path: [here, "live"],
      value: live,
      expected: `the name of a track that is up: ${names.join(", ")}`,
      judgedBy: [[here, "tracks"]],
    });
  }
  tracks.forEach(({ name, release }, index) => {
    if (names.indexOf(name) !== index) {
      faults.push({
        path: [here, "tracks", index, "name"],
        value: name,
        expected: "another name than that of the other track",
      });
    }
    const contracting = tracks.find((other) => other.release > release && other.contracts);
    if (contracting !== undefined) {
      const later = `release ${String(contracting.release)} on ${contracting.name}`;
      faults.push({
        path: [here, "tracks", index, "release"],
        value: release,
        expected: `a release that runs on the schema that ${later} leaves, which contracts it`,
        mend: `take ${name} out and make ${contracting.name} live: there is no going back across a contraction, only forward to a release that expands again`,
        judgedBy: [[here, "tracks"]],
      });
    }
  });
  return faults;
}

/** Two pods of one roll-out, or of two tracks, cannot hold a volume of one node: the second waits for ever. */
function filesAreReachable({ app, files, tracks }: FaultMavenSettings): Fault[] {
  const { use } = files;
  const path = [here, "files", "use"];
  if (use !== "objectStore" && files[use] === undefined) {
    return [
      {
        path: [here, "files", use],
        expected: "the volume, because files.use names it",
        judgedBy: [path],
      },
    ];
  }
  if (use !== "singleReplica") return [];
  const others = "sharedClaim or objectStore";
  const faults: Fault[] = [];
  if (highest(app.scaling) > 1) {
    faults.push({
      path,
      value: use,
      expected: `${others}, because there may be ${String(highest(app.scaling))} replicas`,
      mend: "or set app.scaling to { type: fixed, replicas: 1 }",
      judgedBy: [[here, "app", "scaling"]],
    });
  }
  if (tracks.length > 1) {
    faults.push({
      path,
      value: use,
      expected: `${others}, because two tracks are up`,
      mend: "or take one of the tracks out",
      judgedBy: [[here, "tracks"]],
    });
  }
  return faults;
}

/** The policies of both tracks let one controller in, and each host leads to one track. */
function waysInDiffer({ ingress, preview }: FaultMavenSettings, { settings }: RuleInput): Fault[] {
  const faults: Fault[] = [];
  if (!ingress.enabled || !preview.enabled) return faults;
  if (ingress.host !== undefined && ingress.host === preview.host) {
    faults.push({
      path: [here, "preview", "host"],
      value: preview.host,
      expected: "another host than that of ingress",
    });
  }
  // One that the cluster does not have is told already.
  const isKnown = Object.hasOwn(settings.cluster.ingressClasses, preview.className);
  if (isKnown && ingress.className !== preview.className) {
    faults.push({
      path: [here, "preview", "className"],
      value: preview.className,
      expected: `the class of ingress, ${ingress.className}`,
      judgedBy: [[here, "ingress", "className"]],
    });
  }
  return faults;
}

function modelIsReachable({ model }: FaultMavenSettings, input: RuleInput): Fault[] {
  if (model === undefined) {
    return [
      {
        path: [here, "model"],
        expected:
          "who answers questions: provider openai, anthropic or groq with its apiKey, or ollama with its url",
        mend: `or set platform:${here}.enabled to false`,
        judgedBy: [[here, "enabled"]],
      },
    ];
  }
  return model.provider === "ollama"
    ? isAddressable(new URL(model.url).hostname, [here, "model", "url"], input)
    : isAddressable(providerHosts[model.provider], [here, "model", "provider"], input);
}

/** Versions before 1.0 keep their data elsewhere and do not start as an ordinary user. */
function chromaKeepsItsData({ chromadb }: FaultMavenSettings): Fault[] {
  if (chromadb.mode !== "bundled" || !/:v?0\.[^/]*$/.test(chromadb.image)) return [];
  return [
    {
      path: [here, "chromadb", "image"],
      value: chromadb.image,
      expected: "version 1.0 or later, which keeps its data in /data and runs without root",
    },
  ];
}

/** Both drivers look for the authority in a file of the user's home, which no setting puts there. */
function driversTrustTheServer({ postgres }: FaultMavenSettings): Fault[] {
  if (postgres.mode !== "external" || postgres.external?.tlsMode !== "verify-full") return [];
  return [
    {
      path: [here, "postgres", "external", "tlsMode"],
      value: "verify-full",
      expected: "require: the application's drivers have no authority to verify with",
    },
  ];
}

/** What is retired must not be what takes over, nor what belongs to another system. */
function legacyIsNotOurs({ settings }: RuleInput): Fault[] {
  const { legacy, namespace } = settings.faultmaven;
  if (legacy === undefined) return [];
  const { thunderline, philotes, telemetry } = settings;
  const path = [here, "legacy"];
  const others = [
    ...[thunderline, philotes].map((system) => system.namespace),
    ...Object.values(telemetry.namespaces),
  ];
  const ours = trackNames.map((name) => `faultmaven-${name}`);
  const faults: Fault[] = [];
  if (others.includes(legacy.namespace)) {
    faults.push({
      path: [...path, "namespace"],
      value: legacy.namespace,
      expected: "a namespace that no other system of this program has",
    });
  }
  legacy.deployments.forEach((name, index) => {
    const at = [...path, "deployments", index];
    if (legacy.deployments.indexOf(name) !== index) {
      faults.push({ path: at, value: name, expected: "each Deployment once" });
    }
    if (legacy.namespace === namespace && ours.includes(name)) {
      faults.push({
        path: at,
        value: name,
        expected: "a Deployment of the old services; this one is a track of ours",
      });
    }
  });
  return faults;
}
