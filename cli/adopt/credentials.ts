import type { Container, PodSpec, SecretKey } from "./objects";

/** What a container is told under a name: a key of a Secret, a text in the clear, or nothing. */
export type Given =
  | { readonly from: "secret"; readonly at: SecretKey }
  | { readonly from: "clear" }
  | { readonly from: "nowhere" };

/** The keys of each Secret in the namespace. */
export type SecretKeys = ReadonlyMap<string, readonly string[]>;

/**
 * Where a container has the value of a variable from, or of the file that `NAME_FILE` names. Values are
 * not looked at: what counts is which Secret and key.
 */
export function givenAs(
  names: readonly string[],
  container: Container,
  pod: PodSpec,
  keys: SecretKeys,
): Given {
  for (const name of names) {
    const found = asVariable(name, container, keys) ?? asFile(`${name}_FILE`, container, pod, keys);
    if (found !== undefined) return found;
  }
  return { from: "nowhere" };
}

function asVariable(
  name: string,
  { env = [], envFrom = [] }: Container,
  keys: SecretKeys,
): Given | undefined {
  const said = env.find((variable) => variable.name === name);
  const ref = said?.valueFrom?.secretKeyRef;
  if (ref !== undefined) return { from: "secret", at: { secretName: ref.name, key: ref.key } };
  if (said?.value !== undefined && said.value !== "") return { from: "clear" };
  for (const { prefix = "", secretRef } of envFrom) {
    if (secretRef === undefined || !name.startsWith(prefix)) continue;
    const key = name.slice(prefix.length);
    if (keys.get(secretRef.name)?.includes(key) === true) {
      return { from: "secret", at: { secretName: secretRef.name, key } };
    }
  }
  return undefined;
}

function asFile(
  name: string,
  { env = [], volumeMounts = [] }: Container,
  { volumes = [] }: PodSpec,
  keys: SecretKeys,
): Given | undefined {
  const file = env.find((variable) => variable.name === name)?.value;
  if (file === undefined) return undefined;
  for (const { name: volume, mountPath } of volumeMounts) {
    const secret = volumes.find((it) => it.name === volume)?.secret;
    if (secret === undefined || !file.startsWith(`${mountPath}/`)) continue;
    const path = file.slice(mountPath.length + 1);
    const key =
      secret.items === undefined ? path : secret.items.find((item) => item.path === path)?.key;
    if (key !== undefined && keys.get(secret.secretName)?.includes(key) === true) {
      return { from: "secret", at: { secretName: secret.secretName, key } };
    }
  }
  return undefined;
}

/** The text of a variable that is no secret. */
export function plainValue({ env = [] }: Container, name: string): string | undefined {
  return env.find((variable) => variable.name === name)?.value;
}
