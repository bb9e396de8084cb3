import { controllers } from "../pods";
import type { Synthesis } from "../synth";
import { unless, type Violations } from "./pods";

/** The pods that ask the API server, and all that they may ask of it. Everybody else has no token. */
const askers: readonly { readonly name: RegExp; readonly verbs: readonly string[] }[] = [
  { name: /-snapshot$/, verbs: ["create", "get"] },
  { name: /^snapshot-pruning$/, verbs: ["list", "delete"] },
];

function askerOf(name: string): (typeof askers)[number] | undefined {
  return askers.find((asker) => asker.name.test(name));
}

/** A pod has a token just where it is one of those that ask. */
export function strayTokens(synthesis: Synthesis<unknown>): Violations {
  return controllers(synthesis).flatMap(({ title, name, template }) => {
    const wanted = title.startsWith("CronJob/") && askerOf(name) !== undefined;
    return unless(
      template.spec?.automountServiceAccountToken === wanted,
      `${title} ${wanted ? "has no token" : "has a token"}`,
    );
  });
}

/** A service account may do what its pods are there for, by a Role of its own, and nothing else. */
export function excessiveRights(synthesis: Synthesis<unknown>): Violations {
  const bindings = synthesis.objects("RoleBinding").flatMap(({ metadata, roleRef, subjects }) =>
    subjects
      .filter(({ kind }) => kind === "ServiceAccount")
      .flatMap((subject) => {
        const isOwn =
          subject.name === metadata.name &&
          subject.namespace === metadata.namespace &&
          roleRef.kind === "Role" &&
          roleRef.name === metadata.name;
        return unless(isOwn, `RoleBinding/${metadata.name} binds ${subject.name}`);
      }),
  );
  const roles = synthesis.objects("Role").flatMap(({ metadata, rules }) => {
    const allowed = [
      {
        apiGroups: ["snapshot.storage.k8s.io"],
        resources: ["volumesnapshots"],
        verbs: askerOf(metadata.name)?.verbs ?? [],
      },
    ];
    return unless(
      JSON.stringify(rules) === JSON.stringify(allowed),
      `Role/${metadata.name} allows ${JSON.stringify(rules)}`,
    );
  });
  return [...bindings, ...roles];
}
