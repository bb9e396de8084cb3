/** Proves which parts the system has, and that two of them stand side by side; that they work, only a real cluster shows. */
import { provider } from "../../../../components/kubernetes/provider";
import { Philotes } from "../../../../components/systems/philotes";
import { environments } from "../../../../config/environment";
import { violations } from "../../../support/invariants";
import { tightQuota } from "../../../support/invariants/quota";
import { messengers, philotesOf } from "../../../support/philotes";
import { controllers } from "../../../support/pods";
import { settingsOf } from "../../../support/settings";
import { synth, type Synthesis } from "../../../support/synth";
import { placeOf } from "../../../support/system";

let dev: Synthesis<Philotes>;
let prod: Synthesis<Philotes>;
beforeAll(async () => {
  dev = await philotesOf("dev");
  prod = await philotesOf("prod");
});

describe("Philotes", () => {
  it("has the long-running parts that document 003 names, and its stores", () => {
    expect([dev.names("Deployment"), dev.names("StatefulSet")]).toEqual([
      ["philotes-api", "philotes-lakekeeper", "philotes-worker-main"],
      ["philotes-minio", "philotes-postgresql"],
    ]);
  });

  it("is in one namespace", () => {
    expect(new Set(controllers(dev).map(({ namespace }) => namespace))).toEqual(
      new Set(["philotes"]),
    );
  });

  it.each([
    ["philotes-api", "api"],
    ["philotes-worker-main", "worker"],
    ["philotes-lakekeeper", "catalog"],
  ])("labels %s as %s, as its charts do", (name, component) => {
    const { labels } = dev.object("Deployment", name).metadata;
    expect(labels["app.kubernetes.io/component"]).toBe(component);
  });

  it("pulls all images through the cluster's registry, if there is one", async () => {
    const mirrored = await philotesOf("dev", {}, { imageRegistry: "mirror.example.com" });
    const images = controllers(mirrored).flatMap(({ containers }) =>
      containers.map(({ image = "" }) => image),
    );
    expect(images.filter((image) => !image.startsWith("mirror.example.com/"))).toEqual([]);
  });

  it.each(environments)("has a quota that holds all of %s without headroom", async (stack) => {
    const quota = { headroomPercent: 0 };
    expect(tightQuota(await philotesOf(stack, { quota }))).toEqual([]);
  });

  it("needs no store that nothing uses", async () => {
    const off = { mode: "off" };
    const idle = await philotesOf("dev", {
      api: { enabled: false },
      worker: { enabled: false },
      lakekeeper: off,
      postgres: { mode: "off", data: "discard" },
      objectStore: { mode: "off", data: "discard" },
    });
    expect([controllers(idle), idle.names("PersistentVolumeClaim")]).toEqual([[], []]);
  });
});

describe("Philotes' outputs", () => {
  it("are the addresses, the namespace and where to look for secrets", () => {
    expect(prod.value.outputs).toEqual({
      namespace: "philotes",
      apiUrl: "https://api.philotes.example.com",
      catalogUrl: "http://philotes-lakekeeper.philotes.svc.cluster.local:8181",
      secretNames: [
        "philotes-api",
        "philotes-source-credentials",
        "philotes-lakekeeper",
        "philotes-postgresql-external",
        "philotes-minio-external",
      ],
    });
  });
});

describe("two of them", () => {
  it("stand side by side in namespaces of their own", async () => {
    const settings = settingsOf("dev");
    const place = placeOf(settings);
    const both = await synth(
      () => {
        const opts = { providers: [provider(settings)] };
        for (const name of ["first", "second"]) {
          const own = { ...settings.philotes, namespace: name };
          new Philotes(name, { place, settings: own }, opts);
        }
      },
      { preview: true },
    );
    expect(both.names("Namespace")).toEqual(["first", "second"]);
  });

  it("are told apart by their instance", async () => {
    const settings = settingsOf("dev");
    const single = await synth(
      () =>
        new Philotes(
          "second",
          { place: placeOf(settings), settings: { ...settings.philotes, namespace: "second" } },
          { providers: [provider(settings)] },
        ),
      { preview: true },
    );
    const instances = single
      .objects("Deployment")
      .map(({ metadata }) => metadata.labels["app.kubernetes.io/instance"]);
    expect([new Set(instances), violations(single, { messengers })]).toEqual([
      new Set(["second"]),
      [],
    ]);
  });
});
