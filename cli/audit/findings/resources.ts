import type { LimitRange } from "../../kubernetes";
import { applications, forWorkloads } from "../inventory";
import { kubectl, type Rule } from "../model";
import { addressOf, type Container, titleOf, type Workload } from "../workload";
import { change } from "./mending";

/** What a container is to say. Limits of CPU too: one runaway program took seven cores (document 001). */
const wanted = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "cpu"],
  ["limits", "memory"],
] as const;

type Amounts = Readonly<Record<"requests" | "limits", string>>;

/** What documents 000 and 001 say of these programs, by their image. */
const documented: readonly (readonly [RegExp, Amounts])[] = [
  [/cerebros/, { requests: "cpu=1000m,memory=2Gi", limits: "cpu=2000m,memory=4Gi" }],
  [/^thunderline\/app$/, { requests: "cpu=500m,memory=512Mi", limits: "cpu=1000m,memory=1Gi" }],
];

/** To begin with where nobody has measured; what it uses is to be looked at afterwards. */
const modest: Amounts = { requests: "cpu=100m,memory=256Mi", limits: "cpu=1000m,memory=1Gi" };

/** Containers without requests or limits. */
export const resources: Rule = {
  name: "unlimited",
  about: "containers without requests or limits",
  needs: [...forWorkloads, "limitRanges"],
  find: (inventory) =>
    applications(inventory).flatMap((workload) => {
      const defaults = defaultsIn(inventory.limitRanges, workload.namespace);
      const containers = containersOf(workload).flatMap((container) => {
        const missing = lacking(container, defaults);
        return missing.length === 0 ? [] : [{ container, missing }];
      });
      if (containers.length === 0) return [];
      const { kind, namespace } = workload;
      const known = documented.find(([image]) => workload.families.some((it) => image.test(it)));
      const [, amounts] = known ?? [undefined, modest];
      const all = containers.some(({ missing }) => missing.some((it) => it.startsWith("limits")));
      return [
        {
          level: all ? ("warning" as const) : ("notice" as const),
          subject: titleOf(workload),
          namespace,
          what: all
            ? "nothing keeps it from taking a whole node"
            : "the scheduler does not know what it needs",
          evidence: [
            ...containers.map(
              ({ container, missing }) =>
                `container ${container.name} has no ${missing.join(", ")}`,
            ),
            ...(workload.desired === 0
              ? ["scaled to 0 now, and unlimited once it is started"]
              : []),
          ],
          mend: change(
            workload,
            known === undefined
              ? "Say what it needs; these numbers are to begin with."
              : "Say what it needs; these are the documents' own numbers.",
            ...(["Job", "Pod"].includes(kind)
              ? []
              : containers.map(({ container }) =>
                  kubectl(
                    ...["set", "resources", addressOf(workload), "-n", namespace],
                    ...["-c", container.name],
                    ...[`--requests=${amounts.requests}`, `--limits=${amounts.limits}`],
                  ),
                )),
          ),
        },
      ];
    }),
};

/** As admission has left them where there is a pod: it may have put defaults in. */
function containersOf({ podSpec, pods }: Workload): readonly Container[] {
  return (pods[0]?.spec ?? podSpec).containers;
}

function lacking({ resources }: Container, defaults: ReadonlySet<string>): readonly string[] {
  return (
    wanted
      .filter(([side, name]) => resources?.[side]?.[name] === undefined)
      // A limit counts as request where none is given.
      .filter(([side, name]) => side === "limits" || resources?.limits?.[name] === undefined)
      .map(([side, name]) => `${side}.${name}`)
      .filter((it) => !defaults.has(it))
  );
}

/** As it is in JSON: the library has another word, because `default` is one of JavaScript's own. */
interface Limits {
  readonly default?: Readonly<Record<string, string>>;
  readonly defaultRequest?: Readonly<Record<string, string>>;
}

function defaultsIn(ranges: readonly LimitRange[], namespace: string): ReadonlySet<string> {
  const limits = ranges
    .filter(({ metadata }) => metadata.namespace === namespace)
    .flatMap(({ spec }) => spec?.limits ?? [])
    .filter(({ type }) => type === "Container") as readonly Limits[];
  return new Set(
    limits.flatMap(({ default: most = {}, defaultRequest = {} }) => [
      ...Object.keys(most).map((name) => `limits.${name}`),
      ...Object.keys({ ...most, ...defaultRequest }).map((name) => `requests.${name}`),
    ]),
  );
}
