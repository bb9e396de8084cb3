import type { Finding, StackRule, Subject } from "../model";
import { fields, get, list, number, text, texts } from "../read";
import { finding, homeOf, isKind, nameOf, type Pods, podsOf } from "../subjects";

/** A password that a machine keeps can be long enough that nobody guesses it. */
const shortestPassword = 16;
/** What Kubernetes takes after an annotation's slash; the components shorten longer names and add a hash. */
const longestName = 63;
const keptOfLongName = 52;

/**
 * Both halves of a rotation: a value that can be followed by another one, and readers that notice. A
 * pod that has no annotation for a key keeps the value that it was started with, until somebody kills it.
 */
const generatedSecretRotates: StackRule = {
  of: "stack",
  name: "generated-secret-rotates",
  severity: "high",
  description:
    "A generated secret has 16 characters or more, and pods carry the generation of each key that they read, as a variable or a file, so that a rotation rolls them.",
  check: (subjects) =>
    subjects.flatMap((subject): readonly Finding[] => {
      if (subject.type === "random:index/randomPassword:RandomPassword") return length(subject);
      const pods = podsOf(subject);
      if (pods === undefined) return [];
      return [...byVariable(pods), ...byWhole(pods, homeOf(subject), subjects)]
        .filter(({ name, key }) => !carries(pods, `${name}.${key}`))
        .map(({ path }) =>
          finding(subject, path, "an annotation rotation.platform/SECRET.KEY of the pod"),
        );
    }),
};

function length(password: Subject): readonly Finding[] {
  return (number(password.props.length) ?? 0) >= shortestPassword
    ? []
    : [finding(password, "length", `${String(shortestPassword)} or more`)];
}

/** A key of a Secret that pods read, and where they say so. */
interface Reading {
  readonly name: string;
  readonly key: string;
  readonly path: string;
}

function byVariable({ containers }: Pods): readonly Reading[] {
  return containers.flatMap(({ container, path }) =>
    list(container.env).flatMap((variable, index) => {
      const { name, key } = fields(get(variable, "valueFrom", "secretKeyRef"));
      return typeof name === "string" && typeof key === "string"
        ? [{ name, key, path: `${path}.env[${String(index)}]` }]
        : [];
    }),
  );
}

/**
 * All keys of a Secret of the stack, or those of them that a volume picks. One that is made by others,
 * as a certificate's is, rotates without the program, and whoever mounts it reads its files anew.
 */
function byWhole(
  { spec, path, containers }: Pods,
  home: string | undefined,
  subjects: readonly Subject[],
): readonly Reading[] {
  const keysOf = (name: unknown): readonly string[] => {
    const secret = subjects.find(
      (one) => isKind(one, "Secret") && homeOf(one) === home && nameOf(one) === name,
    );
    return Object.keys({ ...texts(secret?.props.data), ...texts(secret?.props.stringData) });
  };
  const reading = (name: unknown, items: readonly unknown[], at: string): readonly Reading[] =>
    keysOf(name)
      .filter((key) => items.length === 0 || items.some((item) => get(item, "key") === key))
      .map((key) => ({ name: text(name) ?? "", key, path: at }));
  const imported = containers.flatMap(({ container, path: inner }) =>
    list(container.envFrom).flatMap((source, index) =>
      reading(get(source, "secretRef", "name"), [], `${inner}.envFrom[${String(index)}]`),
    ),
  );
  const mounted = list(spec.volumes).flatMap((volume, index) => {
    const at = `${path}.volumes[${String(index)}]`;
    const { secretName, items } = fields(get(volume, "secret"));
    const projected = list(get(volume, "projected", "sources")).flatMap((source) => {
      const secret = fields(get(source, "secret"));
      return reading(secret.name, list(secret.items), at);
    });
    return [...reading(secretName, list(items), at), ...projected];
  });
  return [...imported, ...mounted];
}

function carries({ annotations }: Pods, key: string): boolean {
  const start = `rotation.platform/${key.slice(0, keptOfLongName)}-`;
  return Object.keys(annotations).some(
    (one) =>
      one === `rotation.platform/${key}` || (key.length > longestName && one.startsWith(start)),
  );
}

/** How secrets change. */
export const rotationRules = [generatedSecretRotates] as const;
