import { some } from "./classes";
import { parseImage } from "./image-name";
import { Limit } from "./limit";
import { failed, type Finding, passed, type PreflightContext, unchecked } from "./model";
import { architecturesOf, type LiveNode } from "./nodes";
import { containersOf } from "./objects";
import { type Keyring, keyring } from "./pull-secrets";
import { askRegistry, type Verdict } from "./registry";

const atOnce = 6;

/** Whether each image is in its registry, for the processors of the nodes. */
export async function images(context: PreflightContext): Promise<readonly Finding[]> {
  const names = [
    ...new Set(context.objects.flatMap(containersOf).map(({ image }) => image)),
  ].sort();
  if (names.length === 0) return [passed("Images", "the stack runs none")];
  const [keys, nodes] = await Promise.all([keyring(context), processors(context)]);
  const limit = new Limit(atOnce);
  const asked = await Promise.all(
    names.map((name) =>
      limit.run(async () => {
        const parsed = parseImage(name);
        const credentials = keys.get(parsed.registry);
        const verdict = await askRegistry(parsed, credentials, context.registry);
        return { name, registry: parsed.registry, verdict };
      }),
    ),
  );
  const registries = [...new Set(asked.map(({ registry }) => registry))];
  const found = registries.flatMap((registry) =>
    registryFindings(
      registry,
      asked.filter((it) => it.registry === registry),
      keys,
      nodes.architectures,
    ),
  );
  return [...found, ...nodes.open];
}

/** The processors of the nodes; where nobody tells of them, that images fit them is open. */
interface Processors {
  readonly architectures: readonly string[];
  readonly open: readonly Finding[];
}

async function processors({ cluster }: PreflightContext): Promise<Processors> {
  const unknown = (why: string): Processors => ({
    architectures: [],
    open: [unchecked("Processors of the images", `those of the nodes are not known: ${why}`)],
  });
  try {
    const architectures = architecturesOf(await cluster().list<LiveNode>("/api/v1/nodes"));
    if (architectures.length === 0) return unknown("no node that takes pods says it");
    return { architectures, open: [] };
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

interface Asked {
  readonly name: string;
  readonly verdict: Verdict;
}

/** One line for all that is well in a registry, and one for each reason why something could not be seen. */
export function registryFindings(
  registry: string,
  asked: readonly Asked[],
  keys: Keyring,
  architectures: readonly string[],
): readonly Finding[] {
  const faults = asked.flatMap(({ name, verdict }) =>
    fault(name, verdict, keys.has(registry), architectures),
  );
  const reasons = new Map<string, string[]>();
  for (const { name, verdict } of asked) {
    const why = unknown(verdict, keys.has(registry), architectures);
    if (why !== undefined) reasons.set(why, [...(reasons.get(why) ?? []), name]);
  }
  const open = [...reasons].map(([why, names]) =>
    unchecked(`Images in ${registry}: ${names.length}`, `${why}; ${some(names)}`),
  );
  const fine = asked.length - faults.length - [...reasons.values()].flat().length;
  const subject = `Images in ${registry}: ${fine}`;
  const made = architectures.length === 0 ? "" : `, for ${architectures.join(" and ")}`;
  return [...faults, ...open, ...(fine > 0 ? [passed(subject, `there${made}`)] : [])];
}

function fault(
  name: string,
  verdict: Verdict,
  hasKey: boolean,
  architectures: readonly string[],
): readonly Finding[] {
  const subject = `Image ${name}`;
  if (verdict.kind === "absent") {
    const mend = "Push it, or correct its name or tag in the settings.";
    return [failed(subject, "its registry has no such image", mend)];
  }
  if (verdict.kind === "refused" && hasKey) {
    const evidence = `its registry refuses the credentials of the pull secret (${verdict.status})`;
    return [failed(subject, evidence, "Renew the pull secret, or correct the image's name.")];
  }
  if (verdict.kind !== "there" || verdict.architectures === undefined) return [];
  const missing = architectures.filter((it) => verdict.architectures?.includes(it) === false);
  if (missing.length === 0) return [];
  const evidence = `made for ${verdict.architectures.join(", ") || "no processor"}, and there are nodes of ${missing.join(", ")}`;
  return [failed(subject, evidence, "Build it for these too, or keep its pods off such nodes.")];
}

/** What is not known of an image, and why. */
function unknown(
  verdict: Verdict,
  hasKey: boolean,
  architectures: readonly string[],
): string | undefined {
  if (verdict.kind === "unknown") return `the registry cannot be asked: ${verdict.why}`;
  if (verdict.kind === "there" && verdict.architectures === undefined && architectures.length > 0) {
    return `there; the registry does not say for which processors, and there are nodes of ${architectures.join(" and ")}`;
  }
  return verdict.kind === "refused" && !hasKey
    ? "the registry gives nothing without credentials, and no pull secret has any; nodes may have their own"
    : undefined;
}
