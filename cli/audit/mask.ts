import { namesSecret, secretArguments, secretsIn } from "../../policy/secret-text";

/** What stands in place of a secret. */
export const masked = "(masked)";

/** Names that the rules of the policy pack let pass, because they may as well name a place or a switch. */
const alsoSecret =
  /(^|[_.-])(cookie|salt|dsn|auth|pass|pwd|cert|kubeconfig)(?=$|[_.-]|\d)|key_?base/i;

/** One long word of letters and digits, as generated keys are; not a path, a host or a version. */
const looksGenerated = /^(?=\S*[a-z])(?=\S*[A-Z0-9])(?=\S*\d)[A-Za-z0-9+/=_-]{32,}$/;
const digest = /^(sha256:)?[0-9a-f]{40,64}$/;

/** The names that charts give their values; any other key below a secret name may be a secret itself. */
const plainKey = /^[A-Za-z]+([_.-][A-Za-z]+)*$/;

/** The same values without what is secret by its key, or by its look. The shape stays. */
export function maskedValues(values: unknown): unknown {
  if (Array.isArray(values)) return maskedList(values);
  if (typeof values === "string") return maskedText(values);
  if (!isMap(values)) return values;
  // `- name: DB_PASSWORD` with `value:` beside it.
  const namesOne = typeof values.name === "string" && isSecretName(values.name);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      maskedText(key),
      isSecretName(key) || (namesOne && key === "value")
        ? withoutLeaves(value)
        : maskedValues(value),
    ]),
  );
}

/** In a list of arguments the name of a secret may be the word before it. */
function maskedList(values: readonly unknown[]): readonly unknown[] {
  const words = values.map((it) =>
    typeof it === "string" || typeof it === "number" ? String(it) : "",
  );
  const secret = secretArguments(words);
  return values.map((value, at) => {
    const shown = maskedValues(value);
    return secret.includes(at) && shown === value ? masked : shown;
  });
}

/** A text of somebody else without the secrets that stand in it. */
export function maskedText(text: string): string {
  if (looksGenerated.test(text) && !digest.test(text)) return masked;
  return secretsIn(text).reduceRight(
    (rest, [from, to]) => `${rest.slice(0, from)}${masked}${rest.slice(to)}`,
    text,
  );
}

function isSecretName(name: string): boolean {
  const words = name.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2");
  return namesSecret(name) || alsoSecret.test(words);
}

/** A switch tells nothing; all else below a secret name may be the secret. */
function withoutLeaves(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLeaves);
  if (isMap(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        plainKey.test(key) ? maskedText(key) : masked,
        withoutLeaves(inner),
      ]),
    );
  }
  return typeof value === "boolean" || value === null || value === "" ? value : masked;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
