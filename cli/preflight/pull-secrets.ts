import { some } from "./classes";
import type { ClusterClient } from "./cluster";
import { parseImage } from "./image-name";
import { attempt, failed, type Finding, passed, type PreflightContext, warning } from "./model";
import { containersOf, nameOf, templateOf } from "./objects";
import type { Credentials } from "./registry";
import { type LiveSecret, ownSecrets, readSecret } from "./secrets";

/** A Secret by which pods pull, and the registries that they pull from with it. */
interface PullSecret {
  readonly id: string;
  readonly registries: readonly string[];
  readonly users: readonly string[];
}

/** Credentials by the registry that they are made out to. */
export type Keyring = ReadonlyMap<string, Credentials>;

const secretType = "kubernetes.io/dockerconfigjson";

/** The Secrets by which the stack's pods pull, each with what is pulled. */
function pullSecretsOf({ objects }: Pick<PreflightContext, "objects">): readonly PullSecret[] {
  const found = new Map<string, { registries: Set<string>; users: Set<string> }>();
  for (const object of objects) {
    for (const { name } of templateOf(object)?.spec.imagePullSecrets ?? []) {
      const id = `${object.metadata.namespace}/${name}`;
      const known = found.get(id) ?? { registries: new Set(), users: new Set() };
      for (const { image } of containersOf(object)) {
        known.registries.add(parseImage(image).registry);
      }
      known.users.add(nameOf(object));
      found.set(id, known);
    }
  }
  return [...found].map(([id, { registries, users }]) => ({
    ...{ id, registries: [...registries].sort(), users: [...users] },
  }));
}

/** Whether the Secrets by which pods pull are there, of the right type, and for the right registries. */
export async function pullSecrets(context: PreflightContext): Promise<readonly Finding[]> {
  const used = pullSecretsOf(context);
  if (used.length === 0) return [passed("Image pull secrets", "no pod names one")];
  const client = context.cluster();
  const ours = ownSecrets(context.objects);
  const found = await Promise.all(
    used.map((secret) =>
      attempt(`Secret ${secret.id}`, () => pullFindings(client, secret, ours.has(secret.id))),
    ),
  );
  return found.flat();
}

async function pullFindings(
  client: ClusterClient,
  { id, registries, users }: PullSecret,
  isOurs: boolean,
): Promise<readonly Finding[]> {
  const subject = `Secret ${id}`;
  const secret = await readSecret(client, id);
  if (secret === undefined) {
    return isOurs
      ? [passed(subject, "the update makes it")]
      : [
          failed(
            subject,
            `not on the cluster; ${some(users)} cannot pull without it`,
            "Make it: kubectl create secret docker-registry",
          ),
        ];
  }
  if (secret.type !== secretType) {
    const mend = `Make it anew with type ${secretType}.`;
    return [failed(subject, `of type ${secret.type ?? "none"}; expected ${secretType}`, mend)];
  }
  const covered = keysOf(secret);
  const names = [...covered.keys()].join(", ") || "no registry";
  const bare = registries.filter((registry) => !covered.has(registry));
  if (bare.length === 0) return [passed(subject, `there, for ${names}`)];
  return [
    warning(
      subject,
      `for ${names}; its pods also pull from ${bare.join(", ")}`,
      "Add these registries, unless they give to everybody, or the nodes have credentials of their own.",
    ),
  ];
}

/** All credentials that the stack's pods would pull with and that can be read. They never leave this process but for their registry. */
export async function keyring(context: PreflightContext): Promise<Keyring> {
  const used = pullSecretsOf(context);
  if (used.length === 0) return new Map();
  const read = await Promise.all(
    used.map(async ({ id }) => {
      try {
        const secret = await readSecret(context.cluster(), id);
        return secret === undefined ? [] : [...keysOf(secret)];
      } catch {
        // That it cannot be read, the check of pull secrets says.
        return [];
      }
    }),
  );
  return new Map(read.flat());
}

/** What is in a pull secret, by registry; nothing of one that is not understood. */
export function keysOf({ data }: Pick<LiveSecret, "data">): Keyring {
  const text = Buffer.from(data?.[".dockerconfigjson"] ?? "", "base64").toString("utf8");
  try {
    const { auths = {} } = JSON.parse(text) as {
      auths?: Record<string, { auth?: string; username?: string; password?: string }>;
    };
    return new Map(
      Object.entries(auths).map(([server, entry]) => [registryOf(server), credentialsOf(entry)]),
    );
  } catch {
    return new Map();
  }
}

function credentialsOf(entry: {
  auth?: string;
  username?: string;
  password?: string;
}): Credentials {
  const joined = Buffer.from(entry.auth ?? "", "base64").toString("utf8");
  const colon = joined.indexOf(":");
  return {
    username: entry.username ?? joined.slice(0, Math.max(colon, 0)),
    password: entry.password ?? joined.slice(colon + 1),
  };
}

/** Docker Hub's entry has an address of the API of its first days. */
function registryOf(server: string): string {
  const host = server.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  return ["index.docker.io", "registry-1.docker.io"].includes(host) ? "docker.io" : host;
}
