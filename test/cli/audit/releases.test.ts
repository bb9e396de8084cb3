/** What is told of releases, and of what is there more than once. That Helm writes such records, the cluster tests show. */
import { commandText } from "../../../cli/audit/command-text";
import { deprecated, superseded } from "../../../cli/audit/findings/deprecated";
import { duplicateCharts, duplicatePrograms } from "../../../cli/audit/findings/duplicates";
import { unfinished } from "../../../cli/audit/findings/releases";
import { imageFamily } from "../../../cli/audit/image-family";
import type { Found } from "../../../cli/audit/model";
import type { HelmRelease } from "../../../cli/helm";
import { clusterOf, deployment, object, ofRelease, podOf, ready, release } from "./support";

function words(found: readonly Found[]): readonly string[] {
  return found.map(({ level, subject, what }) => `${level} ${subject}: ${what}`);
}

function argv(found: readonly Found[]): readonly string[] {
  return found.flatMap(({ mend }) => mend.commands.map(commandText));
}

/** A Deployment of a release, in its namespace. */
function of(
  { name, namespace }: HelmRelease,
  workload: string,
  image: string,
  replicas = 1,
): object {
  return deployment(workload, {
    namespace,
    annotations: ofRelease(name, namespace),
    image,
    replicas,
  });
}

describe("a release", () => {
  it("that failed or hangs is critical, with the way back", () => {
    const failed = release("shop", "acme", { status: "pending-upgrade", revision: 3 });
    const found = unfinished.find(clusterOf([], { releases: [failed] }));
    expect(words(found)).toEqual(["critical Release acme/shop: is pending-upgrade"]);
    expect(argv(found)).toContain("helm rollback shop 2 -n acme");
  });

  it("that is deployed is not told", () => {
    expect(unfinished.find(clusterOf([], { releases: [release("shop", "acme")] }))).toEqual([]);
  });
});

describe("a deprecated release", () => {
  const stack = release("thunder", "cerebros", { chart: "thunder-stack", chartVersion: "0.1.0" });

  it("is one of the documents' list, with what it runs and what becomes of its claims", () => {
    const claim = object("PersistentVolumeClaim", "runs", {}, { namespace: "cerebros" });
    const withClaim = { ...stack, objects: [claim] };
    const automat0 = deployment("automat0", {
      namespace: "cerebros",
      annotations: ofRelease("thunder", "cerebros"),
    });
    const found = deprecated.find(
      clusterOf([automat0, podOf(automat0, ready), claim], { releases: [withClaim] }),
    );
    expect(words(found)).toEqual([
      "critical Release cerebros/thunder: chart thunder-stack is deprecated, and still runs",
    ]);
    expect(found[0]?.evidence).toContain("it has Deployment automat0 (1 of 1 ready)");
    expect(found[0]?.evidence).toContain("uninstalling deletes claim runs");
    expect(argv(found)).toEqual([
      "helm get values thunder -n cerebros",
      "npm run backup -- --namespace cerebros --release thunder --apply && helm uninstall thunder -n cerebros",
    ]);
  });

  it("is one whose chart says so itself", () => {
    const found = deprecated.find(
      clusterOf([], { releases: [release("old", "acme", { deprecated: true })] }),
    );
    expect(found[0]?.evidence).toContain("the chart says so of itself (deprecated: true)");
  });

  it("is none that nobody calls so", () => {
    expect(deprecated.find(clusterOf([], { releases: [release("shop", "acme")] }))).toEqual([]);
  });
});

describe("a superseded release", () => {
  const older = release("shop", "old", { deployedAt: "2025-10-01T10:00:00Z" });
  const newer = release("shop", "new", { deployedAt: "2025-10-04T10:00:00Z" });

  it("is the older one of two that run the same", () => {
    const found = superseded.find(
      clusterOf([of(older, "web", "a/shop-web:1"), of(newer, "web", "a/shop-web:2")], {
        releases: [newer, older],
      }),
    );
    expect(words(found)).toEqual([
      "warning Release old/shop: release new/shop is newer and runs all that it runs",
    ]);
    expect(argv(found)).toEqual(["helm get values shop -n old", "helm uninstall shop -n old"]);
  });

  it("is none that shares no more than a web server with another one", () => {
    const blog = release("blog", "old", { chart: "blog" });
    const all = [
      of(blog, "web", "nginx:1"),
      of(blog, "php", "wordpress:6"),
      ...[of(newer, "web", "nginx:1"), of(newer, "php", "wordpress:6")],
      of(newer, "own", "a/shop-web:2"),
    ];
    expect(superseded.find(clusterOf(all, { releases: [blog, newer] }))).toEqual([]);
  });

  it("is the lower version of the same chart, whenever it was applied", () => {
    const low = { ...newer, chartVersion: "0.9.0" };
    const found = superseded.find(
      clusterOf([of(older, "web", "a/shop-web:1"), of(newer, "web", "a/shop-web:2")], {
        releases: [low, older],
      }),
    );
    expect(found.map(({ subject }) => subject)).toEqual(["Release new/shop"]);
  });

  it("is none that runs something else too", () => {
    const all = [
      of(older, "web", "a/shop-web:1"),
      of(older, "own", "a/only-here:1"),
      of(newer, "web", "a/shop-web:2"),
    ];
    expect(superseded.find(clusterOf(all, { releases: [older, newer] }))).toEqual([]);
  });
});

describe("charts", () => {
  it("that are installed twice are told with all their releases", () => {
    const releases = [release("shop", "a"), release("shop", "b", { revision: 8 })];
    const found = duplicateCharts.find(clusterOf([], { releases }));
    expect(words(found)).toEqual(["warning Chart shop: is installed 2 times, in a, b"]);
    expect(found[0]?.evidence[1]).toBe(
      "release b/shop: shop-1.0.0, revision 8, deployed, 2025-10-01",
    );
  });

  it("that are installed once, or that the cluster itself needs, are not", () => {
    const traefik = { chart: "traefik" };
    const releases = [release("shop", "a"), release("t", "a", traefik), release("t", "b", traefik)];
    expect(duplicateCharts.find(clusterOf([], { releases }))).toEqual([]);
  });
});

describe("the same program", () => {
  const one = release("one", "a");
  const two = release("two", "b", { deployedAt: "2025-10-09T10:00:00Z" });

  it("in several namespaces is told, whoever has built its image", () => {
    const all = [
      of(one, "mlflow-tracking", "ghcr.io/mlflow/mlflow:v2.9.2"),
      of(two, "mlflow", "docker.io/burakince/mlflow:2.22.0"),
      deployment("mlflow", { namespace: "c", image: "mlflow" }),
    ];
    const found = duplicatePrograms.find(clusterOf(all, { releases: [one, two] }));
    expect(words(found)).toEqual(["warning Program mlflow: is there 3 times, in a, b, c"]);
    expect(found[0]?.mend.text).toContain("Keep Deployment b/mlflow");
    expect(argv(found)).toEqual([
      "kubectl scale deployment/mlflow-tracking -n a --replicas=0",
      "kubectl scale deployment/mlflow -n c --replicas=0",
    ]);
  });

  it("is told at zero too, and nothing is left to stop", () => {
    const all = [of(one, "c", "x/cerebros:1", 0), of(two, "c", "x/cerebros:1", 0)];
    const found = duplicatePrograms.find(clusterOf(all, { releases: [one, two] }));
    expect(words(found)).toEqual(["warning Program cerebros: is there 2 times, in a, b"]);
    expect(argv(found)).toEqual([]);
  });

  it("is kept where it is this program's", () => {
    const labels = { "app.kubernetes.io/managed-by": "pulumi" };
    const all = [
      of(two, "mlflow", "mlflow:1"),
      deployment("mlflow", { namespace: "z", labels, image: "mlflow:2" }),
    ];
    const found = duplicatePrograms.find(clusterOf(all, { releases: [two] }));
    expect(found[0]?.mend.text).toContain("Keep Deployment z/mlflow");
  });

  it("is none where each application has its own store or web server, or a release runs it in two roles", () => {
    const stores = [of(one, "db", "postgres:16"), of(two, "db", "postgres:16")];
    const servers = [of(one, "front", "nginx:1"), of(two, "front", "nginx:1")];
    const roles = [of(one, "web", "thunderline/app:1"), of(one, "worker", "thunderline/app:1")];
    expect(duplicatePrograms.find(clusterOf([...stores, ...servers, ...roles]))).toEqual([]);
  });

  it("is none in two systems of this program", () => {
    const labels = { "app.kubernetes.io/managed-by": "pulumi" };
    const all = ["a", "b"].map((namespace) => deployment("collector", { namespace, labels }));
    expect(duplicatePrograms.find(clusterOf(all))).toEqual([]);
  });
});

it.each([
  ["ghcr.io/mlflow/mlflow:v2.9.2", "mlflow"],
  ["mlflow@sha256:0123", "mlflow"],
  ["docker.io/thunderline/app:2.0.0", "thunderline/app"],
  ["registry:5000/team/web", "team/web"],
])("the program of image %s is %s", (image, family) => {
  expect(imageFamily(image)).toBe(family);
});
