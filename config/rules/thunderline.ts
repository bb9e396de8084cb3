import type { Fault } from "../faults";
import { openaiHost } from "../systems/thunderline";
import { thunderlineDemand } from "../systems/thunderline-demand";
import { isAddressable } from "./blocks";
import type { RuleInput } from "./index";
import { quotaFits } from "./quota";

/** Rules between the parts of Thunderline. */
export function thunderlineRules(input: RuleInput): Fault[] {
  const { thunderline } = input.settings;
  if (!thunderline.enabled) return [];
  const { cerebros, collector, livebook, secrets, web } = thunderline;
  const faults = quotaFits(thunderline.quota, thunderlineDemand(thunderline), [
    "thunderline",
    "quota",
  ]);
  const inDev = input.settings.environment === "dev";
  if (inDev && livebook.enabled && livebook.ingress.enabled && livebook.ingress.tls === undefined) {
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
      ...isAddressable(new URL(cerebros.url).hostname, ["thunderline", "cerebros", "url"], input),
    );
  }
  if (collector.enabled && collector.exporter.type === "otlp") {
    faults.push(
      ...isAddressable(
        collector.exporter.host,
        ["thunderline", "collector", "exporter", "host"],
        input,
      ),
    );
  }
  if (secrets.openaiApiKey !== undefined) {
    faults.push(...isAddressable(openaiHost, ["thunderline", "secrets", "openaiApiKey"], input));
  }
  return faults;
}
