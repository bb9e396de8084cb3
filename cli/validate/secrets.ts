import { kinds, type KubernetesObject, nameOf, type Secret } from "../kubernetes";
import { failed, type Finding, passed, unchecked, warning } from "../preflight/model";
import type { StackObject } from "../preflight/objects";
import { type SecretUse, secretUses } from "../preflight/secret-uses";
import { certificateKind } from "./certificates";
import { count, some, type ValidationContext } from "./model";
import { byNamespace, counterpart, declaredOf, liveWorkloads, workloadsOf } from "./objects";

/** The keys of a Secret; values are let go of at once. */
export interface SecretKeys extends KubernetesObject {
  readonly keys: readonly string[];
}

/** Whether each Secret and key is there that is declared, or that a pod's template names as it is now. */
export async function secrets(context: ValidationContext): Promise<readonly Finding[]> {
  const { declared, live, again } = context;
  const [found, running, cronJobs] = await Promise.all([
    live.list(kinds.secrets),
    liveWorkloads(live),
    live.list(kinds.cronJobs),
  ]);
  const own = workloadsOf(declared).flatMap((one) => counterpart(running, one) ?? []);
  const scheduled = declaredOf(declared, kinds.cronJobs).flatMap(
    (one) => counterpart(cronJobs, one) ?? [],
  );
  const keys = found.map(keysOf);
  // On the embedded cluster nobody issues certificates, and the Secrets that hold them are not made.
  const unissued = context.simulated
    ? declaredOf(declared, certificateKind).map(
        ({ metadata, spec }) => `${metadata.namespace ?? ""}/${spec?.secretName ?? ""}`,
      )
    : [];
  const used = useFindings([...own, ...scheduled], keys, { again, unissued });
  const told = new Set(used.map(({ subject }) => subject));
  return [
    ...used,
    ...declaredOf(declared, kinds.secrets)
      .filter((secret) => !told.has(nameOf(secret)))
      .flatMap((secret) => declaredFindings(keysOf(secret), counterpart(keys, secret), again)),
  ];
}

export function keysOf({
  apiVersion,
  kind,
  metadata,
  data = {},
  stringData = {},
}: Secret): SecretKeys {
  return { apiVersion, kind, metadata, keys: Object.keys({ ...data, ...stringData }) };
}

interface Around {
  readonly again: string;
  /** Secrets that are not made where nobody issues certificates, `namespace/name`. */
  readonly unissued: readonly string[];
}

/** What the pods of these objects name: a failure for each that is missing, else one line a namespace. */
export function useFindings(
  objects: readonly KubernetesObject[],
  secrets: readonly SecretKeys[],
  around: Around,
): readonly Finding[] {
  return byNamespace(objects).flatMap(([namespace, those]) => {
    const uses = secretUses(those as readonly StackObject[]);
    const names = [...new Set(uses.map(({ name }) => name))];
    const faults = names.flatMap((name) => {
      const secret = secrets.find(
        ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
      );
      const own = uses.filter((use) => use.name === name);
      return usesFault(`Secret ${namespace}/${name}`, own, secret, around);
    });
    if (faults.length > 0 || names.length === 0) return faults;
    const keys = new Set(
      uses.flatMap(({ name, keys: asked }) => asked.map((key) => `${name}.${key}`)),
    );
    const evidence = `${count(keys.size, "key")} of ${count(names.length, "Secret")} there, as pods name them`;
    return [passed(`Secrets of ${namespace}`, evidence)];
  });
}

/** What is wrong with one Secret, for all who name it. */
function usesFault(
  subject: string,
  uses: readonly SecretUse[],
  secret: SecretKeys | undefined,
  { again, unissued }: Around,
): readonly Finding[] {
  const users = (those: readonly SecretUse[]): string =>
    `named by ${some([...new Set(those.map(({ by }) => by))])}`;
  if (secret === undefined && unissued.includes(subject.replace("Secret ", ""))) {
    const evidence = "nobody issues the certificate in it on the embedded cluster";
    return [unchecked(subject, `${evidence}; ${users(uses)}`)];
  }
  if (secret === undefined) {
    // Images of an open registry come without one.
    const say = uses.every(({ purpose }) => purpose === "pull") ? warning : failed;
    const mend = `${again}; or make it, where it is somebody else's`;
    return [say(subject, `not on the cluster; ${users(uses)}`, mend)];
  }
  const lacking = uses.filter(({ keys }) => keys.some((key) => !secret.keys.includes(key)));
  const missing = [...new Set(lacking.flatMap(({ keys }) => keys))].filter(
    (key) => !secret.keys.includes(key),
  );
  if (missing.length === 0) return [];
  const evidence = `it has no key ${missing.join(", ")}; ${users(lacking)}`;
  return [failed(subject, evidence, `${again}; or add the key, where it is somebody else's`)];
}

/** What of a declared Secret is gone. One that is whole is told of by those who name it. */
export function declaredFindings(
  declared: SecretKeys,
  live: SecretKeys | undefined,
  again: string,
): readonly Finding[] {
  if (live === undefined) {
    return [failed(nameOf(declared), "declared, and not on the cluster", again)];
  }
  const missing = declared.keys.filter((key) => !live.keys.includes(key));
  const evidence = `its declared key ${missing.join(", ")} is gone`;
  return missing.length === 0 ? [] : [failed(nameOf(declared), evidence, again)];
}
