/** Policies as somebody may get them wrong. */
import type { Manifest } from "./world";

type Spec = Readonly<Record<string, unknown>>;
type Rule = Readonly<Record<string, unknown>>;
type Change = (spec: Spec) => Spec | undefined;

/** What may be wrong with a policy; each completes "a policy that …". */
const changes: Readonly<Record<string, Change>> = {
  "names nobody, which is everybody": onRules((rule) => without(rule, ["from", "to"])),
  "names no port, which is all of them": onRules((rule) => without(rule, ["ports"])),
  "opens the next port too": onRules(({ ports, ...rest }) => ({
    ...rest,
    ports: (ports as { port: number }[]).map((one) => ({ ...one, endPort: one.port + 1 })),
  })),
  "is for every pod": (spec) =>
    JSON.stringify(spec.podSelector) === "{}" ? undefined : { ...spec, podSelector: {} },
};

function without(rule: Rule, names: readonly string[]): Rule {
  return Object.fromEntries(Object.entries(rule).filter(([name]) => !names.includes(name)));
}

/** Changes all rules of a policy; one without rules cannot be changed so. */
function onRules(change: (rule: Rule) => Rule): Change {
  return ({ ingress, egress, ...rest }) =>
    ingress === undefined && egress === undefined
      ? undefined
      : {
          ...rest,
          ...(ingress === undefined ? {} : { ingress: (ingress as Rule[]).map(change) }),
          ...(egress === undefined ? {} : { egress: (egress as Rule[]).map(change) }),
        };
}

/** A stack with one policy that is not as it was, and which one that is. */
export interface Spoilt {
  readonly policy: string;
  readonly manifests: readonly Manifest[];
}

/** All that may be wrong with policies, each with the stacks in which one policy is so. */
export function spoiltStacks(
  manifests: readonly Manifest[],
): { readonly what: string; readonly stacks: readonly Spoilt[] }[] {
  const policies = manifests.filter(({ kind }) => kind === "NetworkPolicy");
  const title = ({ metadata }: Manifest): string => `${metadata.namespace ?? ""}/${metadata.name}`;
  return [
    {
      what: "is gone",
      stacks: policies.map((policy) => ({
        policy: title(policy),
        // Two may say the same, as when two ingresses each let cert-manager's pod be asked.
        manifests: manifests.filter((one) => !saysTheSame(one, policy)),
      })),
    },
    ...Object.entries(changes).map(([what, change]) => ({
      what,
      stacks: policies.flatMap((policy) => {
        const spec = change(policy.spec ?? {});
        if (spec === undefined) return [];
        const spoilt = { ...policy, spec };
        return [
          {
            policy: title(policy),
            manifests: manifests.map((one) => (one === policy ? spoilt : one)),
          },
        ];
      }),
    })),
  ];
}

function saysTheSame(one: Manifest, other: Manifest): boolean {
  return (
    one.kind === other.kind &&
    one.metadata.namespace === other.metadata.namespace &&
    JSON.stringify(one.spec) === JSON.stringify(other.spec)
  );
}
