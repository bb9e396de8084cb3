import { namesSecret, secretsIn } from "../../policy/secret-text";

/** What stands in place of a secret. */
export const masked = "(masked)";

/** Names that the rules of the policy pack let pass, because they may as well name a place or a switch. */
const alsoSecret =
  /(^|[_.-])(cookie|salt|dsn|auth|pass|pwd|cert|kubeconfig)(?=$|[_.-]|\d)|key_?base/i;

/** One long word of letters and digits, as generated keys are; not a path, a host or a version. */
const looksGenerated = /^(?=\S*[a-z])(?=\S*[A-Z0-9])(?=\S*\d)[A-Za-z0-9+/=_-]{32,}$/;
const digest = /^(sha256:)?[0-9a-f]{40,64}$/;

/** The same values without what is secret by its key, or by its look. Keys and shape stay. */
export function maskedValues(values: unknown): unknown {
  if (Array.isArray(values)) return values.map(maskedValues);
  if (typeof values === "string") return maskedText(values);
  if (!isMap(values)) return values;
  // `- name: DB_PASSWORD` with `value:` beside it.
  const namesOne = typeof values.name === "string" && isSecretName(values.name);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      isSecretName(key) || (namesOne && key === "value")
        ? withoutLeaves(value)
        : maskedValues(value),
    ]),
  );
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
      Object.entries(value).map(([key, inner]) => [key, withoutLeaves(inner)]),
    );
  }
  return typeof value === "boolean" || value === null || value === "" ? value : masked;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
