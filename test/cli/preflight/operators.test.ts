/**
 * Proves which VolumeSnapshotClasses are looked for, those of which the rendered jobs make snapshots, and
 * what is said of the issuers of certificates.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ClusterClient } from "../../../cli/preflight/cluster";
import type { PreflightContext } from "../../../cli/preflight/model";
import { readObjects, type StackObject } from "../../../cli/preflight/objects";
import { operators } from "../../../cli/preflight/operators";
import { answering, told } from "./answering";

const golden = join("test", "golden", "prod", "timescaledb", "cronjob.timescaledb-snapshot.yaml");

/** The job of stack prod, with another class than it has. */
function job(className: string): StackObject {
  const [object] = readObjects([{ path: golden, text: readFileSync(golden, "utf8") }]);
  const text = JSON.stringify(object);
  const named = JSON.stringify({ name: "SNAPSHOT_CLASS", value: className });
  expect(text).toContain('{"name":"SNAPSHOT_CLASS"');
  return JSON.parse(text.replace(/\{"name":"SNAPSHOT_CLASS"[^}]*\}/, named)) as StackObject;
}

async function findings(
  objects: readonly StackObject[],
  classes: Readonly<Record<string, boolean>> = {},
): Promise<string[]> {
  const items = Object.entries(classes).map(([name, isDefault]) => ({
    driver: "csi.example.com",
    metadata: {
      name,
      annotations: { "snapshot.storage.kubernetes.io/is-default-class": String(isDefault) },
    },
  }));
  const client = new ClusterClient(() =>
    Promise.resolve({ status: 200, headers: {}, text: JSON.stringify({ items }) }),
  );
  const settings = { cluster: { namespaces: { dns: "kube-system" }, capabilities: {} } };
  const context = { objects, settings, cluster: () => client } as unknown as PreflightContext;
  return (await operators(context))
    .filter(({ subject }) => subject.includes("VolumeSnapshotClass"))
    .map(({ status, subject, evidence }) => `${status} ${subject}: ${evidence}`);
}

it("a class that a backup names has failed where it is not there", async () => {
  expect(await findings([job("fast")], { slow: true })).toEqual([
    "failed VolumeSnapshotClass fast: not on the cluster",
  ]);
  expect(await findings([job("fast")], { fast: false })).toEqual([
    "passed VolumeSnapshotClass fast: there, for csi.example.com",
  ]);
});

it("the default class is looked for where a backup names none", async () => {
  expect(await findings([job("")], { slow: true })).toEqual([
    "passed Default VolumeSnapshotClass: there, for csi.example.com",
  ]);
  expect(await findings([job(""), job("slow")], { slow: false })).toEqual([
    "passed VolumeSnapshotClass slow: there, for csi.example.com",
    expect.stringMatching(/^warning Default VolumeSnapshotClass/),
  ]);
});

it("none is looked for where no snapshots are made", async () => {
  expect(await findings([])).toEqual(["passed VolumeSnapshotClasses: no snapshots are made"]);
});

describe("an issuer that a certificate names", () => {
  const named = (kind: string, spec: object, annotations = {}): StackObject => ({
    ...{ apiVersion: "v1", kind, metadata: { name: "web", namespace: "acme", annotations } },
    spec: { ...spec },
  });
  const certificate = named("Certificate", {
    issuerRef: { kind: "ClusterIssuer", name: "letsencrypt" },
  });
  const served = {
    resources: [
      { kind: "ClusterIssuer", name: "clusterissuers", namespaced: false },
      { kind: "Issuer", name: "issuers", namespaced: true },
    ],
  };
  const group = "/apis/cert-manager.io/v1";
  const at = `${group}/clusterissuers/letsencrypt`;
  const ready = (status: string, message?: string) => ({
    status: { conditions: [{ type: "Ready", status, message }] },
  });

  async function ofIssuers(
    objects: readonly StackObject[],
    content: Readonly<Record<string, unknown>>,
  ): Promise<string[]> {
    const settings = { cluster: { namespaces: { dns: "kube-system" }, capabilities: {} } };
    const context = { objects, settings, cluster: answering(content) };
    const all = told(await operators(context as unknown as PreflightContext));
    return all.filter((line) => line.includes("Issuer"));
  }

  it("has passed once it is ready, and failed with its own words while it is not", async () => {
    expect(await ofIssuers([certificate], { [group]: served, [at]: ready("True") })).toEqual([
      "passed ClusterIssuer letsencrypt: there, and ready",
    ]);
    const waiting = ready("False", "no account yet");
    expect(await ofIssuers([certificate], { [group]: served, [at]: waiting })).toEqual([
      "failed ClusterIssuer letsencrypt: there, and not ready: no account yet",
    ]);
  });

  it("has failed where nobody has made it, be it named by an ingress or in a namespace", async () => {
    const annotation = { "cert-manager.io/cluster-issuer": "letsencrypt" };
    const local = named("Certificate", { issuerRef: { name: "own" } });
    expect(await ofIssuers([named("Ingress", {}, annotation), local], { [group]: served })).toEqual(
      [
        "failed ClusterIssuer letsencrypt: not on the cluster",
        "failed Issuer acme/own: not on the cluster",
      ],
    );
  });

  it("is unchecked where it does not say whether it is ready, or nobody knows its kind", async () => {
    expect(await ofIssuers([certificate], { [group]: served, [at]: {} })).toEqual([
      "unchecked ClusterIssuer letsencrypt: there; it does not say whether it is ready",
    ]);
    expect(await ofIssuers([certificate], {})).toEqual([
      "unchecked ClusterIssuer letsencrypt: the cluster does not know ClusterIssuer",
    ]);
  });
});
