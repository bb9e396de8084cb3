import type { Finding, ObjectRule, StackRule, Subject } from "../model";
import { fields, get, list, number, text, texts, textsWithin } from "../read";
import { finding, isKind, podsOf } from "../subjects";

/** What holds a secret by its name, but for a name that only speaks of one. */
const secretName = /(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY)/i;
const harmless = /(_ENABLED|_FILE|_PATH|_DIR|_NAME|_MINUTES|_SECONDS|_ALGORITHM|_LENGTH|_URL)$/i;

/** What is a secret whatever it is called: a key's text, an account at a cloud, a signed token, a password in an address. */
const secretText = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36}/,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
  // Kubernetes puts $(NAME) in itself; a shell $NAME or ${NAME}.
  /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$)[^\s/:@]+@/i,
];

function looksSecret(value: string): boolean {
  return secretText.some((pattern) => pattern.test(value));
}

const noSecretInEnv: ObjectRule = {
  of: "object",
  name: "no-secret-in-env",
  severity: "critical",
  description: "Variables, arguments and commands hold no secret; a variable refers to a Secret.",
  check: (subject) =>
    (podsOf(subject)?.containers ?? []).flatMap(({ container, path }) => [
      ...list(container.env).flatMap((variable, index) => {
        const value = text(get(variable, "value")) ?? "";
        const name = text(get(variable, "name")) ?? "";
        const named = secretName.test(name) && !harmless.test(name);
        const literal = value.replace(/\$\([A-Za-z_]\w*\)/g, "");
        return (named && literal !== "") || looksSecret(value)
          ? [finding(subject, `${path}.env[${String(index)}]`, "a reference to a Secret")]
          : [];
      }),
      ...["command", "args"].flatMap((key) =>
        list(container[key]).flatMap((one, index) =>
          looksSecret(text(one) ?? "")
            ? [finding(subject, `${path}.${key}[${String(index)}]`, "no secret")]
            : [],
        ),
      ),
    ]),
};

const noSecretInConfigMap: ObjectRule = {
  of: "object",
  name: "no-secret-in-config-map",
  severity: "critical",
  description: "Files in a ConfigMap hold no key, token or password.",
  check: (subject) => {
    if (!isKind(subject, "ConfigMap")) return [];
    return Object.entries(texts(subject.props.data)).flatMap(([key, value]) =>
      looksSecret(value) || (secretName.test(key) && !harmless.test(key) && !key.includes("."))
        ? [finding(subject, `data.${key}`, "no secret; a Secret is for it")]
        : [],
    );
  },
};

/** Shorter ones, names of users for one, also stand elsewhere by chance. */
const shortestSecret = 16;

const noSecretElsewhere: StackRule = {
  of: "stack",
  name: "no-secret-elsewhere",
  severity: "critical",
  description: "No value of a Secret of the stack stands in any other object.",
  check: (subjects) => {
    const values = [...new Set(subjects.flatMap(secretValues))];
    const others = subjects.filter((one) => one.type.startsWith("kubernetes:") && !isSecret(one));
    return others.flatMap((subject) =>
      [...textsWithin(subject.props)]
        .filter(([, inner]) => values.some((value) => inner.includes(value)))
        .map(([path]) => finding(subject, path, "a reference to the Secret")),
    );
  },
};

const isSecret = (subject: Subject): boolean => isKind(subject, "Secret");

function secretValues(subject: Subject): readonly string[] {
  if (!isSecret(subject)) return [];
  const encoded = Object.values(texts(subject.props.data)).map((value) =>
    Buffer.from(value, "base64").toString("utf8"),
  );
  return [...encoded, ...Object.values(texts(subject.props.stringData))].filter(
    (value) => value.length >= shortestSecret && value !== "[unknown]",
  );
}

/** A password that a machine keeps can be long enough that nobody guesses it. */
const shortestPassword = 16;
/** What Kubernetes takes after an annotation's slash; the components shorten longer names and add a hash. */
const longestName = 63;
const keptOfLongName = 52;

/**
 * Both halves of a rotation: a value that can be followed by another one, and readers that notice. A
 * pod that has no annotation for a key keeps the value that it was started with, until somebody kills it.
 */
const generatedSecretRotates: ObjectRule = {
  of: "object",
  name: "generated-secret-rotates",
  severity: "high",
  description:
    "A generated secret has 16 characters or more, and pods carry the generation of each key that they read, so that a rotation rolls them.",
  check: (subject) => {
    if (subject.type === "random:index/randomPassword:RandomPassword") {
      return (number(subject.props.length) ?? 0) >= shortestPassword
        ? []
        : [finding(subject, "length", `${String(shortestPassword)} or more`)];
    }
    const pods = podsOf(subject);
    const carried = Object.keys(pods?.annotations ?? {});
    return (pods?.containers ?? []).flatMap(({ container, path }) =>
      list(container.env).flatMap((variable, index): Finding[] => {
        const { name, key } = fields(get(variable, "valueFrom", "secretKeyRef"));
        if (typeof name !== "string" || typeof key !== "string") return [];
        const generation = `rotation.platform/${name}.${key}`;
        const long = `${name}.${key}`.length > longestName;
        const start = `rotation.platform/${`${name}.${key}`.slice(0, keptOfLongName)}-`;
        return carried.some((one) => one === generation || (long && one.startsWith(start)))
          ? []
          : [
              finding(
                subject,
                `${path}.env[${String(index)}]`,
                "an annotation rotation.platform/SECRET.KEY of the pod",
              ),
            ];
      }),
    );
  },
};

/** Where secrets may be, and how they change. */
export const secretRules = [
  noSecretInEnv,
  noSecretInConfigMap,
  noSecretElsewhere,
  generatedSecretRotates,
] as const;
