/**
 * What the two roles of the pipeline hold, against what the program makes. That an update needs no more, and
 * cannot do with less, test/cluster/roles-and-drift shows.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse, parseAllDocuments } from "yaml";

import { clusterKinds, namespacedKinds, reachOf, roleManifests } from "../../../cli/roles";
import { openWorkspace } from "../../../cli/workspace";
import { ViewerRole } from "../../../components/kubernetes/viewer-role";
import { testPlace } from "../../support/scope";
import { synth } from "../../support/synth";

interface RoleObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

/** A right on all objects of a kind: `apps/deployments patch`. Those on named objects alone are left out. */
function rightsOf({ rules }: Pick<RoleObject, "rules">): string[] {
  return rules
    .filter(({ resourceNames }) => resourceNames === undefined)
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`)),
      ),
    );
}

const workspace = openWorkspace();
const manifests = roleManifests(reachOf(workspace));
const rolesIn = (file: string): RoleObject[] =>
  parseAllDocuments(manifests[file] ?? "").map((document) => document.toJS() as RoleObject);

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(extension))
    .map((path) => readFileSync(join(folder, path), "utf8"));
}

const golden = filesBelow(join(workspace.repository, "test/golden"), ".yaml").map(
  (text) => parse(text) as RoleObject,
);

describe("the kinds that the roles are made of", () => {
  const listed = [...namespacedKinds, ...clusterKinds];

  it("are those of all rendered stacks", () => {
    const rendered = golden.map(({ apiVersion, kind }) => {
      const group = apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : "";
      return `${group}/${kind}`;
    });
    const known = listed.map(({ group, kind }) => `${group}/${kind}`);
    expect(known.sort()).toEqual([...new Set(rendered)].sort());
  });

  it("are all that the components can make, with whatever settings", () => {
    const sources = filesBelow(join(workspace.repository, "components"), ".ts").join("\n");
    const typed = [...sources.matchAll(/new k8s\.[\w.]+\.v\w+\.(\w+?)(?:Patch)?\(/g)];
    const made = new Set(typed.map(([, kind]) => kind));
    expect(made.size).toBeGreaterThan(10);
    expect([...made].filter((kind) => !listed.some((one) => one.kind === kind))).toEqual([]);

    const custom = [...sources.matchAll(/apiVersion: "([a-z.]+\.[a-z.]+)\//g)];
    const groups = new Set(custom.map(([, group]) => group));
    expect(groups.size).toBeGreaterThan(1);
    expect([...groups].filter((group) => !listed.some((one) => one.group === group))).toEqual([]);
  });
});

describe("rbac/", () => {
  it.each(Object.entries(manifests))("%s is up to date; npm run docs writes it", (file, text) => {
    expect(readFileSync(join(workspace.repository, "rbac", file), "utf8")).toBe(text);
  });
});

describe.each(Object.keys(manifests))("%s", (file) => {
  it("has no wildcard", () => {
    expect(JSON.stringify(rolesIn(file).map(({ rules }) => rules))).not.toContain("*");
  });

  it("says of each rule why it is there", () => {
    const rules = rolesIn(file).flatMap((role) => role.rules);
    const reasons = (manifests[file] ?? "").match(/^ {2}# \S.*\.\n {2}- apiGroups:$/gm);
    expect(reasons).toHaveLength(rules.length);
  });

  it("may not grant more than it holds, nor act as somebody else", () => {
    const verbs = rolesIn(file).flatMap(({ rules }) => rules.flatMap((rule) => rule.verbs));
    expect(verbs).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/escalate|bind|impersonate/)]),
    );
  });
});

describe("the previewer", () => {
  const rights = rolesIn("previewer.yaml").flatMap(rightsOf);

  it("reads, and does nothing else", () => {
    const verbs = new Set(
      rolesIn("previewer.yaml").flatMap(({ rules }) => rules.flatMap((rule) => rule.verbs)),
    );
    expect([...verbs].sort()).toEqual(["get", "list"]);
  });

  it("reads no Secret, and each other kind of the program", () => {
    const unread = namespacedKinds.filter(
      ({ group, resource }) => !rights.includes(`${group}/${resource} get`),
    );
    expect(unread.map(({ kind }) => kind)).toEqual(["Secret"]);
  });
});

describe("the deployer", () => {
  const rights = new Set(rolesIn("deployer.yaml").flatMap(rightsOf));
  const namesOf = (wanted: string): string[] => {
    const those = golden.filter(({ kind }) => kind === wanted);
    return [...new Set(those.map(({ metadata }) => metadata.name))].sort();
  };
  const namedIn = (resource: string): string[] =>
    rolesIn("deployer.yaml")
      .flatMap(({ rules }) => rules)
      .filter(({ resources }) => resources.includes(resource))
      .flatMap(({ resourceNames = [] }) => resourceNames);

  it("writes no ClusterRole but those of the viewers", () => {
    expect([...rights].filter((right) => right.includes("/clusterroles "))).toEqual([
      "rbac.authorization.k8s.io/clusterroles list",
      "rbac.authorization.k8s.io/clusterroles watch",
    ]);
    expect(namedIn("clusterroles")).toEqual(namesOf("ClusterRole"));
  });

  it("writes no namespace but those of the stacks, and sees all", () => {
    expect([...rights].filter((right) => right.startsWith("/namespaces "))).toEqual([
      "/namespaces get",
      "/namespaces list",
      "/namespaces watch",
    ]);
    expect(namedIn("namespaces")).toEqual(namesOf("Namespace"));
  });

  it("reads the issuers that the settings may name, as preflight does", () => {
    expect([...rights]).toEqual(
      expect.arrayContaining(["cert-manager.io/clusterissuers get", "cert-manager.io/issuers get"]),
    );
  });

  it("holds all that the roles of the rendered stacks grant", () => {
    const granted = golden.filter(({ kind }) => /^(Cluster)?Role$/.test(kind)).flatMap(rightsOf);
    expect(granted.length).toBeGreaterThan(0);
    expect(granted.filter((right) => !rights.has(right))).toEqual([]);
  });

  it("holds all that viewers are granted on a cluster with every operator", async () => {
    const capabilities = {
      ...{ certManager: true, keda: true, prometheusOperator: true, volumeSnapshots: true },
    };
    const { cluster } = testPlace({ cluster: { capabilities } });
    const viewers = await synth(() => new ViewerRole("viewers", { cluster, stack: "east" }));
    const { rules } = viewers.object("ClusterRole", "platform-viewer-east");
    const granted = rightsOf({ rules: rules });
    expect(granted.filter((right) => !rights.has(right))).toEqual([]);
  });
});
