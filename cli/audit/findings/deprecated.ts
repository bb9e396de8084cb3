import { type HelmRelease, releaseKey } from "../../helm";
import { isGeneric } from "../image-family";
import { forWorkloads, type Inventory } from "../inventory";
import { type Found, type Rule } from "../model";
import { readyText } from "../workload";
import { fateOfClaims } from "./fate";
import { applicationReleases, isOlder, lineOf, programsOf, uninstall } from "./release-order";

/** A chart that ought not to run any more, and why. */
export interface Deprecation {
  readonly chart: string;
  readonly why: string;
}

/** Those of the documents. One more is one more line. */
export const deprecations: readonly Deprecation[] = [
  {
    chart: "thunder-stack",
    why: "a proof of concept of September 2025 (automat0, cerebros-nlp-poc, an MLflow of its own), whose functions are in Thunderline itself (document 001)",
  },
];

/** Releases that ought not to run any more: by the list above, or by the chart's own word. */
export const deprecated: Rule = {
  name: "deprecated",
  about: "deprecated releases",
  // Without the claims nobody could say what goes with the release.
  needs: ["releases", "claims", ...forWorkloads],
  find: (inventory) =>
    inventory.releases.flatMap((release): readonly Found[] => {
      const known = deprecations.find(({ chart }) => chart === release.chart);
      const why =
        known?.why ?? (release.deprecated ? "the chart says so of itself (deprecated: true)" : "");
      if (why === "") return [];
      return [
        {
          level: "critical",
          what: `chart ${release.chart} is deprecated, and still runs`,
          ...told(inventory, release, why),
          mend: uninstall(release, "Uninstall it.", fateOfClaims(inventory, release).length > 0),
        },
      ];
    }),
};

/** Releases of which a newer one runs the same programs, or more. */
export const superseded: Rule = {
  name: "superseded",
  about: "releases that a newer one has taken the place of",
  // Without the claims nobody could say what goes with the release.
  needs: ["releases", "claims", ...forWorkloads],
  find: (inventory) => {
    const releases = applicationReleases(inventory);
    return releases.flatMap((release): readonly Found[] => {
      const programs = programsOf(inventory, release);
      // Two web servers are no sign that one has taken the place of the other.
      if (programs.every(isGeneric)) return [];
      const newest = releases
        .filter((other) => other !== release && isOlder(release, other))
        .filter((other) => {
          const others = programsOf(inventory, other);
          return programs.every((it) => others.includes(it));
        })
        .reduce<HelmRelease | undefined>(
          (best, it) => (best === undefined || isOlder(best, it) ? it : best),
          undefined,
        );
      if (newest === undefined) return [];
      return [
        {
          level: "warning",
          what: `release ${releaseKey(newest)} is newer and runs all that it runs`,
          ...told(inventory, release, lineOf(newest)),
          mend: uninstall(
            release,
            `Keep ${releaseKey(newest)}, and uninstall this one.`,
            fateOfClaims(inventory, release).length > 0,
          ),
        },
      ];
    });
  },
};

function told(
  inventory: Inventory,
  release: HelmRelease,
  why: string,
): Pick<Found, "subject" | "namespace" | "evidence"> {
  const key = releaseKey(release);
  const running = inventory.workloads
    .filter((it) => it.release === key)
    .map((it) => {
      const ready = readyText(it);
      return `${it.kind} ${it.name}${ready === "" ? "" : ` (${ready})`}`;
    });
  return {
    subject: `Release ${key}`,
    namespace: release.namespace,
    evidence: [
      lineOf(release),
      why,
      ...(running.length === 0 ? [] : [`it has ${running.join(", ")}`]),
      ...fateOfClaims(inventory, release),
    ],
  };
}
