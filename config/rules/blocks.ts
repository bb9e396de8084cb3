import type { z } from "zod";

import {
  ingress,
  type Ingress,
  queueScaling,
  resources,
  type Resources,
  scaling,
  type Scaling,
  sharedVolume,
  volume,
  type Volume,
} from "../blocks";
import { type AccessMode, namespaceOf } from "../cluster";
import { type Fault, nearest, type Path } from "../faults";
import { parseBytes, parseCpu } from "../quantity";
import { type Settings, settingsSchema } from "../settings";
import { identity, own, valueAt, walk } from "../shape";
import {
  chromadb,
  objectStore,
  optionalObjectStore,
  optionalPostgres,
  postgres,
  redis,
  serverTls,
  type ServerTls,
} from "../stores";
import type { RuleInput } from "./index";

type Rule<T> = (value: T, path: Path, input: RuleInput) => Fault[];

/** Rules that hold for a building block wherever it stands in the settings. */
export function blockRules(input: RuleInput): Fault[] {
  const faults: Fault[] = [];
  walk(settingsSchema, input.settings, (schema, value, path) => {
    const rule = byBlock.get(identity(schema));
    if (rule !== undefined) faults.push(...rule(value as never, path, input));
  });
  return faults;
}

const requestsWithinLimits: Rule<Resources> = ({ requests, limits }, path) => {
  const faults: Fault[] = [];
  if ((parseCpu(requests.cpu) ?? 0) > (parseCpu(limits.cpu) ?? 0)) {
    faults.push({
      path: [...path, "requests", "cpu"],
      value: requests.cpu,
      expected: `at most the limit, ${limits.cpu}`,
      judgedBy: [[...path, "limits", "cpu"]],
    });
  }
  if ((parseBytes(requests.memory) ?? 0) > (parseBytes(limits.memory) ?? 0)) {
    faults.push({
      path: [...path, "requests", "memory"],
      value: requests.memory,
      expected: `at most the limit, ${limits.memory}`,
      judgedBy: [[...path, "limits", "memory"]],
    });
  }
  return faults;
};

const scalesWithinBounds: Rule<Scaling> = (value, path, { settings }) => {
  if (value.type === "fixed") return [];
  const faults: Fault[] = [];
  if (value.minReplicas > value.maxReplicas) {
    faults.push({
      path: [...path, "minReplicas"],
      value: value.minReplicas,
      expected: `at most maxReplicas, ${String(value.maxReplicas)}`,
      judgedBy: [[...path, "maxReplicas"]],
    });
  }
  if (value.type === "hpa" && value.cpuPercent === undefined && value.memoryPercent === undefined) {
    faults.push({
      path,
      expected: "cpuPercent, memoryPercent or both",
      mend: "an autoscaler needs something to go by",
    });
  }
  if (value.type === "keda" && !settings.cluster.capabilities.keda) {
    faults.push({
      path: [...path, "type"],
      value: "keda",
      expected: "fixed or hpa",
      mend: "install KEDA and set platform:cluster.capabilities.keda to true",
      judgedBy: [["cluster", "capabilities", "keda"]],
    });
  }
  return faults;
};

/** What is said of a claim that exists fits a volume that has one. */
const usesClaims: Rule<Volume> = ({ existingClaim, ownClaim }, path) =>
  existingClaim !== undefined || ownClaim === undefined
    ? []
    : [
        {
          path: [...path, "ownClaim"],
          value: ownClaim,
          expected: "nothing, because no existingClaim takes the place of this program's own claim",
          judgedBy: [[...path, "existingClaim"]],
        },
      ];

/** The class of a volume is there, and offers the mode that its pods need. */
function hasStorageClass(mode: AccessMode): Rule<Volume> {
  return ({ storageClass, existingClaim, ownClaim }, path, { settings }) => {
    // Somebody else chose the class of a claim that exists.
    if (existingClaim !== undefined && ownClaim === "discard") return [];
    const { storageClasses, defaultStorageClass } = settings.cluster;
    const chosen = storageClass ?? defaultStorageClass;
    const modes = storageClasses[chosen]?.accessModes;
    if (modes?.includes(mode) === true) return [];
    // A default class that is not there is a fault of its own.
    if (modes === undefined && storageClass === undefined) return [];
    const offered = Object.entries(storageClasses)
      .filter(([, { accessModes }]) => accessModes.includes(mode))
      .map(([name]) => name);
    const setting = [...path, "storageClass"];
    if (modes === undefined) {
      return [{ path: setting, value: chosen, ...oneOf(offered, chosen, "storageClasses") }];
    }
    return [
      {
        path: setting,
        value: chosen,
        expected: `a class that offers ${mode}${offered.length === 0 ? "" : `: ${offered.join(", ")}`}`,
        mend: `name one, or declare it under platform:cluster.storageClasses`,
        judgedBy: [
          ["cluster", "storageClasses"],
          ["cluster", "defaultStorageClass"],
        ],
      },
    ];
  };
}

const isReachable: Rule<Ingress> = (value, path, { settings }) => {
  if (!value.enabled || isOff(path, settings)) return [];
  const { ingressClasses, capabilities } = settings.cluster;
  const faults: Fault[] = [];
  if (value.host === undefined) {
    faults.push({
      path: [...path, "host"],
      expected: "a host name, because the ingress is enabled",
      judgedBy: [[...path, "enabled"]],
    });
  }
  if (value.tls === undefined && settings.environment !== "dev") {
    faults.push({
      path: [...path, "tls"],
      expected: `an issuer or a secret, because ${settings.environment} is reached over TLS alone`,
      judgedBy: [["environment"], ...path.map((_, end) => [...path.slice(0, end + 1), "enabled"])],
    });
  }
  if (value.tls?.from === "issuer" && !capabilities.certManager) {
    faults.push({
      path: [...path, "tls", "from"],
      value: "issuer",
      expected: "secret",
      mend: "install cert-manager and set platform:cluster.capabilities.certManager to true",
      judgedBy: [["cluster", "capabilities", "certManager"]],
    });
  }
  const judgedBy = [
    [...path, "className"],
    ["cluster", "ingressClasses", value.className],
  ];
  const controller = ingressClasses[value.className]?.controller;
  if (controller === undefined) {
    return [
      ...faults,
      {
        path: [...path, "className"],
        value: value.className,
        ...oneOf(Object.keys(ingressClasses), value.className, "ingressClasses"),
      },
    ];
  }
  const other = controller === "nginx" ? "traefik" : "nginx";
  for (const annotation of Object.keys(value.annotations)) {
    if (annotation.startsWith(`${other}.ingress.kubernetes.io/`)) {
      faults.push({
        path: [...path, "annotations", annotation],
        value: value.annotations[annotation],
        expected: `an annotation that ${controller} understands`,
        mend: `class ${value.className} is served by ${controller}`,
        judgedBy,
      });
    }
  }
  if (value.requestsPerSecond !== undefined && controller === "traefik") {
    faults.push({
      path: [...path, "requestsPerSecond"],
      value: value.requestsPerSecond,
      expected: "nothing under traefik, which limits rates by a Middleware of its own",
      mend: "remove it or choose a class that nginx serves",
      judgedBy,
    });
  }
  return faults;
};

/** Whether the part that `path` belongs to is switched off, itself or with all of its system. */
export function isOff(path: Path, settings: Settings): boolean {
  return path.some((_, index) => own(valueAt(settings, path.slice(0, index)), "enabled") === false);
}

interface StoreSettings {
  readonly mode: "off" | "bundled" | "external";
  readonly external?: { readonly host: string } | undefined;
}

/** cert-manager has to be there for what it issues. */
const hasIssuer: Rule<ServerTls> = (value, path, { settings }) =>
  value.from !== "issuer" || settings.cluster.capabilities.certManager
    ? []
    : [
        {
          path: [...path, "from"],
          value: "issuer",
          expected: "none or secret",
          mend: "install cert-manager and set platform:cluster.capabilities.certManager to true",
          judgedBy: [["cluster", "capabilities", "certManager"]],
        },
      ];

/** The same for all kinds of store: an external one needs to be named, and its addresses known. */
const storeIsReachable: Rule<StoreSettings> = ({ mode, external }, path, input) => {
  if (mode !== "external") return [];
  if (external === undefined) {
    return [
      {
        path: [...path, "external"],
        expected: "where the external service is, because mode is external",
      },
    ];
  }
  return isAddressable(external.host, [...path, "external", "host"], input);
};

/** A network policy names addresses, so a host outside the cluster is of use only with its blocks. */
export function isAddressable(host: string, path: Path, { settings }: RuleInput): Fault[] {
  const { cluster } = settings;
  if (namespaceOf(host, cluster) !== undefined) return [];
  if (Object.hasOwn(cluster.externalCidrs, host)) return [];
  const value = valueAt(settings, path);
  const named = typeof value === "string" && value.includes(host);
  return [
    {
      path,
      value,
      expected: named
        ? "a host whose addresses are known"
        : `one whose host, ${host}, has addresses that are known`,
      mend: `set them with: pulumi config set --path 'platform:cluster.externalCidrs["${host}"][0]' 10.0.0.0/24`,
      judgedBy: [["cluster", "externalCidrs"]],
    },
  ];
}

function oneOf(
  offered: readonly string[],
  value: string,
  setting: string,
): Pick<Fault, "expected" | "mend" | "judgedBy"> {
  const meant = nearest(value, offered);
  return {
    expected: `one of ${offered.join(", ")}`,
    mend:
      meant === undefined
        ? `or declare it under platform:cluster.${setting}`
        : `did you mean ${meant}?`,
    judgedBy: [["cluster", setting]],
  };
}

function all<T>(...rules: readonly Rule<T>[]): Rule<T> {
  return (value, path, input) => rules.flatMap((rule) => rule(value, path, input));
}

const blocks: readonly (readonly [z.ZodType, Rule<never>])[] = [
  [resources, requestsWithinLimits],
  [scaling, scalesWithinBounds],
  [queueScaling, scalesWithinBounds],
  [volume, all(usesClaims, hasStorageClass("ReadWriteOnce"))],
  [sharedVolume, hasStorageClass("ReadWriteMany")],
  [ingress, isReachable],
  [serverTls, hasIssuer],
  ...[postgres, optionalPostgres, objectStore, optionalObjectStore, redis, chromadb].map(
    (store) => [store, storeIsReachable] as const,
  ),
];

/** A block with a description of its own is a copy, to which the same rule applies. */
const byBlock = new Map(blocks.map(([block, rule]) => [identity(block), rule]));
