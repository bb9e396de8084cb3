/** Proves that what is written of a release is read again; that Helm reads it too, the cluster tests show. */
import fc from "fast-check";

import { decodeRecord, encodeRecord, readReleases } from "../../../cli/helm";
import { fakeApi } from "../../support/fake-api";

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
