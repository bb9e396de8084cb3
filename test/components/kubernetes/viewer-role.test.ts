/** Proves what people may look at; that the API server holds them to it, only a real cluster shows. */
import { Namespace } from "../../../components/kubernetes/namespace";
import { ViewerRole } from "../../../components/kubernetes/viewer-role";
import { given } from "../../../components/scope";
import { nothing } from "../../../config/demand";
import { testPlace } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

const all = { certManager: true, keda: true, prometheusOperator: true, volumeSnapshots: true };

function role(
  capabilities: Readonly<Record<string, boolean>> = {},
): Promise<Synthesis<ViewerRole>> {
  const { cluster } = testPlace({ cluster: { capabilities } });
  return synth(() => new ViewerRole("viewers", { cluster, stack: "east" }));
}

async function groupsOf(capabilities: Readonly<Record<string, boolean>>): Promise<string[]> {
  const { rules } = (await role(capabilities)).object("ClusterRole", "platform-viewer-east");
  return rules.flatMap(({ apiGroups }) => apiGroups);
}

describe("the role of viewers", () => {
  it("is named after the stack: another one on the same cluster has its own", async () => {
    expect((await role()).names("ClusterRole")).toEqual(["platform-viewer-east"]);
  });

  it("reads and does nothing else", async () => {
    const { rules } = (await role(all)).object("ClusterRole", "platform-viewer-east");
    for (const { verbs } of rules) expect(verbs).toEqual(["get", "list", "watch"]);
  });

  it("sees no secrets, and nothing by a wildcard", async () => {
    const { rules } = (await role(all)).object("ClusterRole", "platform-viewer-east");
    const named = rules.flatMap(({ apiGroups, resources }) => [...apiGroups, ...resources]);
    expect(named).not.toContain("secrets");
    expect(named.join()).not.toContain("*");
  });

  it("sees the kinds of an operator where the cluster has it", async () => {
    const plain = await groupsOf({});
    const added = (await groupsOf(all)).filter((group) => !plain.includes(group));
    expect(added).toEqual([
      "acme.cert-manager.io",
      "cert-manager.io",
      "keda.sh",
      "monitoring.coreos.com",
      "snapshot.storage.k8s.io",
    ]);
  });
});

describe("in a namespace", () => {
  const bound = (viewerGroups: readonly string[]): Promise<Synthesis<unknown>> =>
    synth(() => {
      const place = testPlace({ cluster: { viewerGroups } });
      const viewerRole = new ViewerRole("viewers", { cluster: place.cluster, stack: "east" });
      new Namespace("acme-namespace", {
        place: { ...place, viewerRole },
        belonging: { system: "acme", instance: "acme" },
        settings: { enabled: true, namespace: "acme", data: "keep", quota: { headroomPercent: 0 } },
        demand: nothing,
        retention: given,
      });
    });

  it("the groups of the settings have it", async () => {
    const { roleRef, subjects } = (await bound(["on-call", "team"])).object(
      "RoleBinding",
      "viewers",
    );
    expect(roleRef).toMatchObject({ kind: "ClusterRole", name: "platform-viewer-east" });
    expect(subjects.map(({ kind, name }) => [kind, name])).toEqual([
      ["Group", "on-call"],
      ["Group", "team"],
    ]);
  });

  it("nobody has it by default", async () => {
    expect((await bound([])).objects("RoleBinding")).toEqual([]);
  });
});
