/** Proves that what is written of a release is read again; that Helm reads it too, the cluster tests show. */

import {
  decodeRecord,
  encodeRecord,
  type HelmRecord,
  objectsIn,
  readReleases,
  UnreadableRecord,
} from "../../../cli/helm";
import { fakeApi } from "../../support/fake-api";
import fc from "../../support/fast-check";

const release = (version: number, status = "deployed") => ({
  name: "thunderline",
  namespace: "thunder",
  version,
  info: { status, last_deployed: "2025-10-01T08:00:00Z" },
  chart: { metadata: { name: "thunderhelm", version: "0.2.0" }, values: {} },
  config: { web: { replicas: version } },
  manifest: "kind: Service\nmetadata: {name: web}\n",
});

const secret = (version: number, type = "helm.sh/release.v1") => ({
  apiVersion: "v1",
  kind: "Secret",
  type,
  metadata: {
    name: `sh.helm.release.v1.thunderline.v${String(version)}`,
    namespace: "thunder",
    labels: { owner: "helm", name: "thunderline", version: String(version) },
  },
  data: { release: encodeRecord(release(version)) },
});

it("a record that is written is read as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.jsonValue(), (manifest, config) => {
      const record = { ...release(1), manifest, config };
      expect(decodeRecord("record", encodeRecord(record))).toEqual(
        JSON.parse(JSON.stringify(record)),
      );
    }),
    { numRuns: 50 },
  );
});

it("a release is told by its newest record, by number, with all of its Secrets", async () => {
  const [found, ...others] = await readReleases(fakeApi([secret(10), secret(9), secret(2)]));
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    ...{ name: "thunderline", namespace: "thunder", revision: 10, status: "deployed" },
    ...{ chart: "thunderhelm", chartVersion: "0.2.0", values: { web: { replicas: 10 } } },
  });
  expect(found?.secrets.map(({ metadata }) => metadata.labels?.version)).toEqual(["2", "9", "10"]);
});

it("a Secret that only bears Helm's labels is no release", async () => {
  expect(await readReleases(fakeApi([secret(1, "Opaque")]))).toEqual([]);
});

const broken = (name: string) => ({
  ...secret(1),
  metadata: {
    ...{ name: `sh.helm.release.v1.${name}.v1`, namespace: "thunder" },
    labels: { owner: "helm", name, version: "1" },
  },
  data: { release: "bm9uZQ==" },
});

it.each(["null", "[]", '"text"', "7"])("a record that is %s is told as unreadable", (json) => {
  const data = encodeRecord(JSON.parse(json) as HelmRecord);
  expect(() => decodeRecord("record", data)).toThrow(UnreadableRecord);
});

describe("a record that cannot be read", () => {
  const api = fakeApi([broken("aaa"), secret(1), broken("zzz")]);

  it("ends the reading where nobody takes it: a release that is not seen would pass for none", async () => {
    await expect(readReleases(api)).rejects.toThrow(UnreadableRecord);
  });

  it("hides no other release from whoever takes it", async () => {
    const faults: string[] = [];
    const found = await readReleases(api, undefined, ({ message }) => faults.push(message));
    expect(found.map(({ name }) => name)).toEqual(["thunderline"]);
    expect(faults).toEqual([
      expect.stringContaining("sh.helm.release.v1.aaa.v1"),
      expect.stringContaining("sh.helm.release.v1.zzz.v1"),
    ]);
  });
});

describe("a manifest", () => {
  const names = (manifest: string): string[] =>
    objectsIn(manifest).map(({ kind, metadata }) => `${kind} ${metadata.name}`);

  it("has the objects of its lists, in their order", () => {
    const list = (...items: readonly object[]) => ({ apiVersion: "v1", kind: "List", items });
    const named = (name: string) => ({ apiVersion: "v1", kind: "Secret", metadata: { name } });
    expect(names(JSON.stringify(list(named("a"), list(named("b")), named("c"))))).toEqual([
      ...["Secret a", "Secret b", "Secret c"],
    ]);
    expect(names("{ apiVersion: v1, kind: List, items: }")).toEqual([]);
  });

  it("has nothing that is no object", () => {
    expect(
      names("---\n---\ntext\n---\nkind: Values\n---\nkind: Pod\nmetadata: {name: a}\n"),
    ).toEqual(["Pod a"]);
  });
});
