import type { PlannedResource } from "../plan";
import { type ClusterClient, type LiveMetadata, metadataOnly } from "./cluster";
import { attempt, failed, type Finding, passed, type PreflightContext, unchecked } from "./model";
import { nameOf } from "./objects";

interface NewObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/**
 * Objects that the update would make and that are there already: the state does not know them, so
 * somebody else made them. A preview does not look.
 */
export async function owners({
  cluster,
  plan,
  stack,
}: PreflightContext): Promise<readonly Finding[]> {
  const fresh = newObjects(plan().resources);
  const client = cluster();
  const found = await Promise.all(
    fresh.map((object) => attempt(nameOf(object), () => ownerOf(client, object, stack))),
  );
  const all = found.flat();
  const free = fresh.length - all.length;
  const faults = [
    ...all.filter(({ status }) => status !== "unchecked"),
    ...together(all.filter(({ status }) => status === "unchecked")),
  ];
  if (fresh.length === 0) return [passed("New objects", "the update makes none")];
  return [
    ...faults,
    ...(free > 0 ? [passed(`${free} new objects`, "nothing of their names is there")] : []),
  ];
}

/** One line for each kind: what cannot be read is mostly all of a kind. */
function together(open: readonly Finding[]): readonly Finding[] {
  const kinds = new Map<string, Finding[]>();
  for (const finding of open) {
    const kind = finding.subject.split(" ")[0] ?? "";
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding]);
  }
  return [...kinds].map(([kind, those]) =>
    unchecked(`${those.length} new objects of kind ${kind}`, those[0]?.evidence ?? ""),
  );
}

/** What the plan makes. A patch of somebody else's object is there before, as it has to be. */
export function newObjects(resources: readonly PlannedResource[]): readonly NewObject[] {
  return resources
    .filter(({ type, operation }) => operation === "create" && type.startsWith("kubernetes:"))
    .filter(({ type }) => !type.endsWith("Patch"))
    .flatMap(({ after }) => {
      const inputs = after?.inputs as Partial<NewObject> | undefined;
      const { apiVersion, kind, metadata } = inputs ?? {};
      return apiVersion !== undefined && kind !== undefined && metadata?.name !== undefined
        ? [{ apiVersion, kind, metadata }]
        : [];
    });
}

async function ownerOf(
  client: ClusterClient,
  object: NewObject,
  stack: string,
): Promise<readonly Finding[]> {
  const path = await client.pathOf(object);
  if (path === undefined) return [];
  const live = await client.get<{ metadata: LiveMetadata }>(path, metadataOnly);
  if (live === undefined) return [];
  return [
    failed(
      nameOf(object),
      `there already, and not in the state; ${owner(live.metadata)}`,
      mend(live.metadata, stack),
    ),
  ];
}

function helmRelease({ annotations }: LiveMetadata): readonly [string, string] | undefined {
  const name = annotations?.["meta.helm.sh/release-name"];
  return name === undefined
    ? undefined
    : [name, annotations?.["meta.helm.sh/release-namespace"] ?? "default"];
}

/** Whose it is, by all that tells of it. */
export function owner(metadata: LiveMetadata): string {
  const release = helmRelease(metadata);
  if (release !== undefined) return `of the Helm release ${release[1]}/${release[0]}`;
  const managedBy = metadata.labels?.["app.kubernetes.io/managed-by"];
  const managers = [...new Set((metadata.managedFields ?? []).flatMap((it) => it.manager ?? []))];
  const fields = managers.length === 0 ? "" : `fields written by ${managers.join(", ")}`;
  const label = managedBy === undefined ? "" : `managed by ${managedBy}`;
  return [label, fields].filter(Boolean).join("; ") || "it does not say whose it is";
}

function mend(metadata: LiveMetadata, stack: string): string {
  const release = helmRelease(metadata);
  if (release !== undefined) {
    const [name, namespace] = release;
    return `Take it over: npm run adopt -- --stack ${stack} --release ${name} --namespace ${namespace}`;
  }
  return metadata.labels?.["app.kubernetes.io/managed-by"] === "pulumi"
    ? "Another stack or an earlier state may have made it: import it (pulumi import), or delete it if nobody needs it."
    : "Import it (pulumi import), rename ours, or delete it if nobody needs it.";
}
