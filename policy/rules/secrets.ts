import type { ObjectRule, StackRule, Subject } from "../model";
import { get, list, text, texts, textsWithin } from "../read";
import { isSecretFile, namesSecret, secretArguments, secretsIn } from "../secret-text";
import { finding, isKind, podsOf } from "../subjects";

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
        const literal = value.replace(/\$\([A-Za-z_]\w*\)/g, "");
        return (namesSecret(name) && literal !== "") || secretsIn(value).length > 0
          ? [finding(subject, `${path}.env[${String(index)}]`, "a reference to a Secret")]
          : [];
      }),
      ...["command", "args"].flatMap((key) =>
        secretArguments(list(container[key]).map((one) => text(one) ?? "")).map((index) =>
          finding(subject, `${path}.${key}[${String(index)}]`, "no secret"),
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
    return ["data", "binaryData"].flatMap((field) =>
      Object.entries(texts(subject.props[field]))
        .filter(([key, value]) => {
          const content = field === "data" ? value : decoded(value);
          return isSecretFile(key, content) || secretsIn(content, key).length > 0;
        })
        .map(([key]) => finding(subject, `${field}.${key}`, "no secret; a Secret is for it")),
    );
  },
};

function decoded(value: string): string {
  return Buffer.from(value, "base64").toString("utf8");
}

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
  const encoded = Object.values(texts(subject.props.data)).map(decoded);
  return [...encoded, ...Object.values(texts(subject.props.stringData))].filter(
    (value) => value.length >= shortestSecret && value !== "[unknown]",
  );
}

/** Where secrets may be. */
export const secretRules = [noSecretInEnv, noSecretInConfigMap, noSecretElsewhere] as const;
