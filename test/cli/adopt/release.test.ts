/** Proves how a release is read from Helm's records; that Helm writes them so, the cluster test shows. */
import { readRelease } from "../../../cli/adopt/release";
import { decodeRecord } from "../../../cli/helm";
import { recordData } from "./support";

const told = {
  name: "thunderline",
  namespace: "thunderline",
  version: 2,
  info: { status: "deployed" },
  chart: { metadata: { name: "thunderhelm", version: "0.2.0" }, values: { password: "hunter2" } },
  config: { password: "hunter2" },
  manifest:
    "---\n# Source: a\nkind: Service\nmetadata: {name: web}\n---\n---\nkind: Secret\nmetadata: {name: db}\n",
  hooks: [{ manifest: "kind: Job\nmetadata: {name: migrate}\n" }],
};

function record(version: number, data = recordData({ ...told, version })): object {
  const labels = { owner: "helm", name: "thunderline", version: String(version) };
  return {
    metadata: { name: `sh.helm.release.v1.thunderline.v${String(version)}`, labels },
    data: { release: data },
  };
}

function cluster(
  records: readonly object[],
  others = "",
): (args: readonly string[]) => Promise<string> {
  return (args) =>
    Promise.resolve(
      args.includes("--all-namespaces") ? others : JSON.stringify({ items: records }),
    );
}

describe("a release", () => {
  it("is what its newest record says, by number and not by the alphabet", async () => {
    const found = await readRelease(cluster([record(10), record(9)]), "thunderline", "thunderline");
    expect(found).toMatchObject({ revision: 10, status: "deployed", chart: "thunderhelm-0.2.0" });
    expect(found.records).toEqual([
      "sh.helm.release.v1.thunderline.v9",
      "sh.helm.release.v1.thunderline.v10",
    ]);
  });

  it("has the objects of its manifest and, apart from them, its hooks", async () => {
    const found = await readRelease(cluster([record(1)]), "thunderline", "thunderline");
    expect(found.objects.map(({ kind }) => kind)).toEqual(["Service", "Secret"]);
    expect(found.hooks.map(({ kind }) => kind)).toEqual(["Job"]);
  });

  it("is known without the chart's values, which may hold secrets", async () => {
    const found = await readRelease(cluster([record(1)]), "thunderline", "thunderline");
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  it("is answered with those that there are where there is none of the name", async () => {
    const others = "thunder/thunderline\nkube-system/traefik\nthunder/thunderline\n";
    await expect(
      readRelease(cluster([], others), "thunderline", "thunderline"),
    ).rejects.toMatchObject({
      message: 'There is no Helm release "thunderline" in namespace thunderline.',
      hint: "Those that there are: kube-system/traefik, thunder/thunderline.",
    });
  });
});

describe("a record", () => {
  it.each([true, false])("is read whether Helm has compressed it: %s", (compress) => {
    expect(decodeRecord("record", recordData(told, compress))).toEqual(told);
  });

  it.each(["", "bm90IGEgcmVjb3Jk"])("that is none is refused by its name: %j", (data) => {
    expect(() => decodeRecord("sh.helm.release.v1.acme.v1", data)).toThrow(
      "Secret sh.helm.release.v1.acme.v1 is no record of a release that can be read.",
    );
  });
});
