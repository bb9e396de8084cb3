import { namespaceOf } from "../../config/cluster";
import type { Settings } from "../../config/settings";
import { parseImage, registryUrl } from "./image-name";
import { outsideOf, type Resolution, resolution } from "./lookup";
import {
  attempt,
  failed,
  type Finding,
  passed,
  type PreflightContext,
  unchecked,
  warning,
} from "./model";
import { containersOf, ofKind } from "./objects";

/** A name that nobody has after so long is of no use to a program either. */
const timeoutMs = 5_000;

/** Whether the hosts that the stack's programs call have addresses, and such as its policies let through. */
export async function hosts(context: PreflightContext): Promise<readonly Finding[]> {
  const { outside, services } = calledHosts(context.settings);
  const answers = await resolveAll(outside, context);
  const found = await Promise.all(
    services.map((host) => attempt(`Service ${host}`, () => serviceFindings(context, host))),
  );
  const all = [
    ...answers.flatMap(({ host, answer }) => outsideFindings(context, host, answer)),
    ...found.flat(),
  ];
  return all.length === 0 ? [passed("Hosts", "the stack calls none outside its systems")] : all;
}

/**
 * The hosts that settings name and programs call. The rules see to it that each one outside the
 * cluster has its addresses under externalCidrs; Services are known by their name.
 */
export function calledHosts(settings: Settings): {
  readonly outside: readonly string[];
  readonly services: readonly string[];
} {
  const { cluster, thunderline, faultmaven, philotes, telemetry } = settings;
  const systems = [thunderline, faultmaven, philotes, telemetry].filter(({ enabled }) => enabled);
  const named = systems.flatMap(textsIn).map(hostIn);
  const services = named.filter((host) => namespaceOf(host, cluster) !== undefined);
  return {
    outside: Object.keys(cluster.externalCidrs).sort(),
    services: [...new Set(services)].sort(),
  };
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Of an address its host; any other text is its own. */
function hostIn(text: string): string {
  return /^[a-z]+:\/\//.test(text) && URL.canParse(text) ? new URL(text).hostname : text;
}

/**
 * What the resolver says of each host. A machine without a way out is told that no name exists: that
 * is believed only where a name that has to exist, of a registry of the images, is found.
 */
async function resolveAll(
  outside: readonly string[],
  { lookup, objects }: PreflightContext,
): Promise<readonly { readonly host: string; readonly answer: Resolution }[]> {
  const all = await Promise.all(
    outside.map(async (host) => ({ host, answer: await resolution(host, lookup, timeoutMs) })),
  );
  if (all.every(({ answer }) => answer.kind !== "absent")) return all;
  if (all.some(({ answer }) => answer.kind === "found")) return all;
  const registries = objects
    .flatMap(containersOf)
    .map(({ image }) => registryUrl(parseImage(image).registry));
  const known = await Promise.all(
    [...new Set(registries)].map((url) => resolution(new URL(url).hostname, lookup, timeoutMs)),
  );
  if (known.some(({ kind }) => kind === "found")) return all;
  const why = "it knows no name at all, not even those of the images' registries";
  return all.map(({ host }) => ({ host, answer: { kind: "unknown", why } }));
}

function outsideFindings(
  { settings }: PreflightContext,
  host: string,
  found: Resolution,
): readonly Finding[] {
  const subject = `Host ${host}`;
  const blocks = settings.cluster.externalCidrs[host] ?? [];
  const setting = `platform:cluster.externalCidrs["${host}"]`;
  if (found.kind === "unknown") {
    return [unchecked(subject, `this machine cannot look it up: ${found.why}`)];
  }
  if (found.kind === "absent") {
    const evidence =
      "the resolver of this machine knows no such name; the cluster's may, if it is of a private zone";
    const mend = `Correct the host unless it is, or take it out of ${setting} if nothing calls it.`;
    return [warning(subject, evidence, mend)];
  }
  const stray = outsideOf(found.addresses, blocks);
  const addresses = found.addresses.join(", ");
  if (stray.length === 0) return [passed(subject, `${addresses}, within ${setting}`)];
  return [
    warning(
      subject,
      `from this machine it is at ${stray.join(", ")}, which ${setting} (${blocks.join(", ")}) does not hold: policies would not let it through`,
      `Correct ${setting}, unless the cluster sees other addresses.`,
    ),
  ];
}

async function serviceFindings(
  { cluster, objects, settings }: PreflightContext,
  host: string,
): Promise<readonly Finding[]> {
  const subject = `Service ${host}`;
  const namespace = namespaceOf(host, settings.cluster) ?? "";
  const labels = (host.split(`.${namespace}.svc`)[0] ?? "").split(".");
  // Before the Service there may be the name of one of its pods.
  const name = labels.at(-1) ?? "";
  const isOurs = ofKind(objects, "Service").some(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
  if (isOurs) return [passed(subject, "of this stack")];
  const path = `/api/v1/namespaces/${namespace}/services/${name}`;
  if ((await cluster().get(path)) !== undefined) return [passed(subject, "there")];
  const mend = "Correct the host, or see that the Service is made before its callers.";
  return [failed(subject, `no Service ${name} in namespace ${namespace}`, mend)];
}
