/** What an audit says of data that a mend would delete. That Kubernetes and Helm delete them, no test here shows. */
import { commandText, forPlace } from "../../../cli/audit/command-text";
import { findAll } from "../../../cli/audit/findings";
import { deprecated } from "../../../cli/audit/findings/deprecated";
import { duplicatePrograms } from "../../../cli/audit/findings/duplicates";
import { fateOfClaims } from "../../../cli/audit/findings/fate";
import { crashLoop } from "../../../cli/audit/findings/stuck";
import { zero } from "../../../cli/audit/findings/zero";
import type { Found } from "../../../cli/audit/model";
import type { KubernetesObject } from "../../../cli/kubernetes";
import { clusterOf, deployment, object, ofRelease, podOf, release, waits } from "./support";

const shop = release("shop", "acme", { deprecated: true });

function claim(name: string, namespace = "acme"): KubernetesObject {
  return object("PersistentVolumeClaim", name, {}, { namespace });
}

function statefulSet(name: string, spec: object = {}, metadata: object = {}) {
  return object(
    "StatefulSet",
    name,
    {
      apiVersion: "apps/v1",
      spec: {
        replicas: 1,
        template: { spec: { containers: [{ name: "main", image: "x/shop:1" }] } },
        volumeClaimTemplates: [{ metadata: { name: "data" } }],
        ...spec,
      },
    },
    { ...metadata },
  );
}

const onDelete = { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } };
const onScale = { persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" } };

/** What is told of the claims of a release with these objects, on a cluster with those. */
function fate(recorded: readonly unknown[], live: readonly object[]): readonly string[] {
  const own = { ...shop, objects: recorded as readonly KubernetesObject[] };
  return fateOfClaims(clusterOf(live, { releases: [own] }), own);
}

function lines(found: readonly Found[]): readonly string[] {
  return found.flatMap(({ mend }) => mend.commands.map(commandText));
}

describe("uninstalling a release", () => {
  it("leaves the claims that its StatefulSets have made", () => {
    expect(fate([statefulSet("db")], [claim("data-db-0")])).toEqual([
      "uninstalling leaves claim data-db-0",
    ]);
  });

  it("deletes them where the StatefulSet on the cluster says so, whatever is recorded", () => {
    expect(fate([statefulSet("db")], [statefulSet("db", onDelete), claim("data-db-0")])).toEqual([
      "uninstalling deletes claim data-db-0",
    ]);
  });

  it("deletes them where the record says so and nobody has seen the StatefulSet", () => {
    expect(fate([statefulSet("db", onDelete)], [claim("data-db-0")])).toEqual([
      "uninstalling deletes claim data-db-0",
    ]);
  });

  it("deletes all claims of a namespace that it has made, unless that is kept", () => {
    const made = object("Namespace", "shop-data", {}, { namespace: undefined });
    const kept = {
      ...made,
      metadata: { ...made.metadata, annotations: { "helm.sh/resource-policy": "keep" } },
    };
    const live = [claim("theirs", "shop-data")];
    expect(fate([made], live)).toEqual(["uninstalling deletes claim shop-data/theirs"]);
    expect(fate([kept], live)).toEqual([]);
  });

  it("deletes claims that it has made in other namespaces", () => {
    expect(fate([claim("runs", "lab")], [claim("runs", "lab"), claim("runs")])).toEqual([
      "uninstalling deletes claim lab/runs",
    ]);
  });

  it("is told of what stands in a list, and not kept from it by what has no name", () => {
    const list = { apiVersion: "v1", kind: "List", items: [claim("runs")] };
    expect(fate([list, { apiVersion: "v1", kind: "ConfigMap" }, "word"], [claim("runs")])).toEqual([
      "uninstalling deletes claim runs",
    ]);
  });
});

describe("the mend of a deprecated release", () => {
  const own = { ...shop, objects: [claim("runs")] };
  const cluster = clusterOf([claim("runs")], { releases: [own] });

  it("shows what is set, and uninstalls after a backup that went well alone", () => {
    expect(lines(deprecated.find(cluster))).toEqual([
      "helm get values shop -n acme",
      "npm run backup -- --namespace acme --release shop --apply && helm uninstall shop -n acme",
    ]);
  });

  it("reaches the same cluster with both", () => {
    const [, last] = forPlace(
      findAll(cluster).filter(({ rule }) => rule === "deprecated"),
      { context: "c" },
    ).flatMap((it) => it.mend.commands.map(commandText));
    expect(last).toBe(
      "npm run backup -- --namespace acme --release shop --apply --context c && helm --kube-context c uninstall shop -n acme",
    );
  });

  it("is none where claims may not be read: they might go with it", () => {
    const gaps = [{ reading: "claims", what: "claims", why: "no" }] as const;
    const found = findAll(clusterOf([], { releases: [own], gaps }));
    expect(found.map(({ rule }) => rule)).not.toContain("deprecated");
    expect(found.flatMap(({ mend }) => mend.commands.map(commandText)).join()).not.toContain(
      "helm uninstall",
    );
  });
});

describe("a StatefulSet that deletes its claims", () => {
  it("when it is scaled is not stopped because it is there twice", () => {
    const all = [deployment("shop", { namespace: "a", image: "x/shop:1" }), statefulSet("db")];
    const losing = [all[0] as object, statefulSet("db", onScale)];
    expect(lines(duplicatePrograms.find(clusterOf(all)))).toHaveLength(1);
    const found = duplicatePrograms.find(clusterOf(losing));
    expect(lines(found)).toEqual([]);
    expect(found[0]?.mend.text).toContain(
      "StatefulSet acme/db deletes its claims when it is scaled down (whenScaled: Delete)",
    );
  });

  it("when it is scaled is not stopped because it does not come up", () => {
    const texts = [{}, onScale].map((spec) => {
      const set = statefulSet("db", spec);
      return lines(crashLoop.find(clusterOf([set, podOf(set, waits("CrashLoopBackOff") ?? {})])));
    });
    expect(texts.map((it) => it.join().includes("--replicas=0"))).toEqual([true, false]);
  });

  it("with itself is not called one whose claims stay", () => {
    const at = (spec: object) =>
      zero.find(clusterOf([statefulSet("db", { replicas: 0, ...spec })]))[0]?.mend;
    expect(at({})?.text).toContain("its claims stay");
    expect(at(onDelete)?.text).toContain("its claims go with it (whenDeleted: Delete)");
    expect(at(onDelete)?.commands.map(commandText)).toEqual([
      "npm run backup -- --namespace acme --apply && kubectl delete statefulset/db -n acme",
    ]);
  });
});

it("this program's own workloads are not stopped by hand", () => {
  const labels = { "app.kubernetes.io/managed-by": "pulumi" };
  const all = ["a", "b"].map((namespace) =>
    deployment("mlflow", { namespace, labels, image: "mlflow" }),
  );
  const strange = deployment("mlflow", {
    namespace: "c",
    image: "mlflow",
    annotations: ofRelease("m", "c"),
  });
  const found = duplicatePrograms.find(clusterOf([...all, strange]));
  expect(lines(found)).toEqual(["kubectl scale deployment/mlflow -n c --replicas=0"]);
  expect(found[0]?.mend.text).toMatch(/^Keep this program's own, and stop the others/);
});
