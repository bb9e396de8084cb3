import type { Quota } from "../blocks";
import { type Demand } from "../demand";
import type { Fault } from "../faults";
import { formatBytes, formatCpu, parseBytes, parseCpu } from "../quantity";
import { openaiHost } from "../systems/thunderline";
import { thunderlineDemand } from "../systems/thunderline-demand";
import { hasCidrs } from "./blocks";
import type { RuleInput } from "./index";

/** Rules between the parts of Thunderline. */
export function thunderlineRules(input: RuleInput): Fault[] {
  const { thunderline } = input.settings;
  if (!thunderline.enabled) return [];
  const { cerebros, collector, livebook, secrets, web } = thunderline;
  const faults = quotaFits(thunderline.quota, thunderlineDemand(thunderline), [
    "thunderline",
    "quota",
  ]);
  if (livebook.enabled && livebook.ingress.enabled && livebook.ingress.tls === undefined) {
    faults.push({
      path: ["thunderline", "livebook", "ingress", "tls"],
      expected:
        "an issuer or a secret: whoever reads Livebook's password on the way runs code in the cluster",
      judgedBy: [
        ["thunderline", "livebook", "enabled"],
        ["thunderline", "livebook", "ingress", "enabled"],
      ],
    });
  }
  if (web.ingress.enabled && web.host !== undefined) {
    faults.push({
      path: ["thunderline", "web", "host"],
      value: web.host,
      expected: "nothing, because web.ingress.host says it",
      judgedBy: [["thunderline", "web", "ingress", "enabled"]],
    });
  }
  if (
    web.ingress.enabled &&
    livebook.enabled &&
    livebook.ingress.enabled &&
    web.ingress.host !== undefined &&
    web.ingress.host === livebook.ingress.host
  ) {
    faults.push({
      path: ["thunderline", "livebook", "ingress", "host"],
      value: livebook.ingress.host,
      expected: "another host than that of web",
    });
  }
  if (cerebros.type === "external") {
    faults.push(
      ...hasCidrs(new URL(cerebros.url).hostname, ["thunderline", "cerebros", "url"], input),
    );
  }
  if (collector.enabled && collector.exporter.type === "otlp") {
    faults.push(
      ...hasCidrs(collector.exporter.host, ["thunderline", "collector", "exporter", "host"], input),
    );
  }
  if (secrets.openaiApiKey !== undefined) {
    faults.push(...hasCidrs(openaiHost, ["thunderline", "secrets", "openaiApiKey"], input));
  }
  return faults;
}

/** An explicit quota must hold the sum of the workloads; a quota that does not blocks the next roll-out. */
function quotaFits(quota: Quota, demand: Demand, path: readonly PropertyKey[]): Fault[] {
  const checks = [
    [
      "requestsCpu",
      quota.requestsCpu === undefined ? undefined : parseCpu(quota.requestsCpu),
      demand.requestsCpu,
      formatCpu,
    ],
    ["requestsMemory", bytes(quota.requestsMemory), demand.requestsMemory, formatBytes],
    [
      "limitsCpu",
      quota.limitsCpu === undefined ? undefined : parseCpu(quota.limitsCpu),
      demand.limitsCpu,
      formatCpu,
    ],
    ["limitsMemory", bytes(quota.limitsMemory), demand.limitsMemory, formatBytes],
    ["storage", bytes(quota.storage), demand.storage, formatBytes],
    ["pods", quota.pods, demand.pods, String],
  ] as const;
  return checks.flatMap(([name, offered, needed, format]) =>
    offered === undefined || offered >= needed
      ? []
      : [
          {
            path: [...path, name],
            value: quota[name],
            expected: `at least ${format(needed)}, the sum of the workloads with one roll-out under way`,
          },
        ],
  );
}

function bytes(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseBytes(text);
}
