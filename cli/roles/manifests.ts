import { Document, type YAMLMap, type YAMLSeq } from "yaml";

import type { Reach } from "./reach";
import { deployer, previewer, type RoleRules, type Rule } from "./rules";

/** The manifests by their file in `rbac/`. */
export function roleManifests(reach: Reach): Readonly<Record<string, string>> {
  return {
    "previewer.yaml": manifest("platform-previewer", previewer(reach), [
      "Reads what the stacks are made of, for `preview`, `review` and `drift`. It changes nothing and reads",
      "no Secret: `drift` then leaves Secrets out, and says so.",
      "A preview asks the API server to try out (`patch`, dry run) what it would apply. There is no right to",
      "try out alone: whoever may patch a Deployment in a dry run may do it in earnest. So this role",
      "may not, and a preview then shows what is declared, without the API server's defaults and refusals.",
      "Whoever wants those runs the preview as the deployer.",
    ]),
    "deployer.yaml": manifest("platform-deployer", deployer(reach), [
      "Applies the stacks, and looks before whether it can (`preflight`). It reads and writes Secrets, and",
      "what it may run in a namespace may use all that is there: only the pipeline that applies reviewed",
      "changes should have it. A restore needs more: it is the work of an administrator.",
      "It may also label the stacks' namespaces, and the label `pod-security.kubernetes.io/enforce` is what",
      "keeps privileged pods out: whoever may change that and make pods reaches the nodes, and with them",
      "the cluster. No role can part the two. Where that is too much, hold the label by an admission policy.",
    ]),
  };
}

const generated = "Made by `npm run docs` of the kinds that the program uses. Not to be edited.";

function manifest(name: string, rules: RoleRules, about: readonly string[]): string {
  const roles = [
    role(name, rules.namespaced, [
      generated,
      "",
      ...about,
      "",
      "This part is for namespaces. A RoleBinding in each namespace of the stack is enough; a ClusterRoleBinding",
      "is needed by a deployer that has to make the namespaces, or to change what viewers see.",
    ]),
    role(`${name}-cluster`, rules.cluster, [
      "What is in no namespace. It needs a ClusterRoleBinding.",
    ]),
  ];
  return roles.map((document) => document.toString({ lineWidth: 0 })).join("---\n");
}

function role(name: string, rules: readonly Rule[], comment: readonly string[]): Document {
  const document = new Document({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: {
      name,
      labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "platform" },
    },
    rules: rules.map(({ group, resources, names, verbs }) => ({
      apiGroups: [group],
      resources: [...resources].sort(),
      ...(names === undefined ? {} : { resourceNames: [...names] }),
      verbs: [...verbs],
    })),
  });
  document.commentBefore = comment.map((line) => (line === "" ? "" : ` ${line}`)).join("\n");
  const items = (document.get("rules") as YAMLSeq<YAMLMap>).items;
  items.forEach((item, i) => {
    item.commentBefore = ` ${rules[i]?.why ?? ""}`;
  });
  return document;
}
