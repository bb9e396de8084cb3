import { certificateFindings } from "./certificates";
import { some } from "./classes";
import type { ClusterClient, LiveObject } from "./cluster";
import { attempt, failed, type Finding, passed, type PreflightContext } from "./model";
import { ofKind, type StackObject } from "./objects";
import { type SecretUse, secretUses } from "./secret-uses";

/** A Secret of the cluster. Of its values, only certificates and lists of registries are looked at. */
export interface LiveSecret extends LiveObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** Whether the Secrets of others that the stack refers to are there, with the keys that it reads. */
export async function secrets(context: PreflightContext): Promise<readonly Finding[]> {
  const uses = secretUses(context.objects).filter(({ purpose }) => purpose !== "pull");
  if (uses.length === 0) return [passed("Secrets of others", "the stack refers to none")];
  const client = context.cluster();
  const found = await Promise.all(
    [...bySecret(uses)].map(([id, those]) =>
      attempt(`Secret ${id}`, () => secretFindings(client, id, those, context)),
    ),
  );
  return found.flat();
}

async function secretFindings(
  client: ClusterClient,
  id: string,
  uses: readonly SecretUse[],
  { objects, now }: PreflightContext,
): Promise<readonly Finding[]> {
  const subject = `Secret ${id}`;
  const users = some([...new Set(uses.map(({ by }) => by))]);
  const secret = await readSecret(client, id);
  if (secret === undefined) {
    const evidence = `not on the cluster; ${users} cannot start without it`;
    return [failed(subject, evidence, "Make it before the update, or name another one.")];
  }
  const there = Object.keys(secret.data ?? {});
  const wanted = [...new Set(uses.flatMap(({ keys }) => keys))].sort();
  const missing = wanted.filter((key) => !there.includes(key));
  if (missing.length > 0) {
    return [
      failed(
        subject,
        `it has no key ${missing.join(", ")}; its keys are ${there.sort().join(", ") || "none"}; for ${users}`,
        "Add the key, or name another one in the settings.",
      ),
    ];
  }
  const hosts = objects.flatMap((object) => tlsHosts(object, id));
  const isTls = uses.some(({ purpose }) => purpose === "tls");
  const said = wanted.length === 0 ? "there" : `there, with ${wanted.join(", ")}`;
  return [
    passed(subject, `${said}; for ${users}`),
    ...(isTls ? certificateFindings(subject, secret.data?.["tls.crt"] ?? "", hosts, now) : []),
  ];
}

/** The hosts that an ingress serves with this Secret. */
function tlsHosts({ kind, metadata, spec }: StackObject, id: string): readonly string[] {
  if (kind !== "Ingress") return [];
  const tls = (spec?.tls ?? []) as readonly { secretName?: string; hosts?: readonly string[] }[];
  return tls
    .filter(({ secretName }) => `${metadata.namespace}/${secretName}` === id)
    .flatMap(({ hosts = [] }) => hosts);
}

/** A Secret by `namespace/name`; undefined where there is none. */
export function readSecret(client: ClusterClient, id: string): Promise<LiveSecret | undefined> {
  const [namespace = "", name = ""] = id.split("/");
  return client.get<LiveSecret>(`/api/v1/namespaces/${namespace}/secrets/${name}`);
}

function bySecret(uses: readonly SecretUse[]): ReadonlyMap<string, readonly SecretUse[]> {
  const grouped = new Map<string, SecretUse[]>();
  for (const use of uses) {
    const id = `${use.namespace}/${use.name}`;
    grouped.set(id, [...(grouped.get(id) ?? []), use]);
  }
  return grouped;
}

/** The names of the stack's own Secrets, `namespace/name`. */
export function ownSecrets(objects: readonly StackObject[]): ReadonlySet<string> {
  return new Set(
    ofKind(objects, "Secret").map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  );
}
