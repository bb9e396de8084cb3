import type { Settings } from "../../config/settings";
import type { ClusterClient } from "./cluster";
import { failed, type Finding, passed, type PreflightContext } from "./model";
import { nameOf, type StackObject } from "./objects";

type Capability = keyof Settings["cluster"]["capabilities"];

/** The group of definitions by which an operator is known. */
const groups: Readonly<Record<Capability, { readonly group: string; readonly operator: string }>> =
  {
    certManager: { group: "cert-manager.io", operator: "cert-manager" },
    keda: { group: "keda.sh", operator: "KEDA" },
    prometheusOperator: { group: "monitoring.coreos.com", operator: "the Prometheus operator" },
    volumeSnapshots: { group: "snapshot.storage.k8s.io", operator: "the snapshot controller" },
  };

/** The operators of the settings against those of the cluster, and each kind of object against what is served. */
export async function definitions(context: PreflightContext): Promise<readonly Finding[]> {
  const client = context.cluster();
  const { groups: served = [] } =
    (await client.get<{ groups?: readonly { name: string }[] }>("/apis")) ?? {};
  const names = new Set(served.map(({ name }) => name));
  const capabilities = Object.entries(context.settings.cluster.capabilities) as [
    Capability,
    boolean,
  ][];
  return [
    ...capabilities.map(([capability, isOn]) =>
      capabilityFinding(capability, isOn, names.has(groups[capability].group)),
    ),
    ...(await kinds(client, context.objects)),
  ];
}

function capabilityFinding(capability: Capability, isOn: boolean, isThere: boolean): Finding {
  const { group, operator } = groups[capability];
  const setting = `platform:cluster.capabilities.${capability}`;
  const subject = `Definitions of ${group}`;
  if (isOn && !isThere) {
    return failed(
      subject,
      `${setting} is true, and the cluster does not serve this group`,
      `Install ${operator}, or set ${setting} to false.`,
    );
  }
  if (isOn) return passed(subject, `there, as ${setting} says`);
  const note = `there, though ${setting} is false: the stack makes no use of ${operator}`;
  return passed(subject, isThere ? note : `not there, as ${setting} says`);
}

async function kinds(
  client: ClusterClient,
  objects: readonly StackObject[],
): Promise<readonly Finding[]> {
  const used = new Map<string, StackObject[]>();
  for (const object of objects) {
    const key = `${object.apiVersion} ${object.kind}`;
    used.set(key, [...(used.get(key) ?? []), object]);
  }
  const missing = await Promise.all(
    [...used].map(async ([key, [first, ...more]]) => {
      if (first === undefined) return [];
      const { apiVersion, kind } = first;
      if ((await client.kindOf(apiVersion, kind)) !== undefined) return [];
      const others = more.length === 0 ? "" : ` and ${more.length} more`;
      const version = await otherVersion(client, apiVersion);
      return [
        failed(
          `Kind ${key}`,
          `not served${version}; used by ${nameOf(first)}${others}`,
          `Install the definition of ${kind} in this version.`,
        ),
      ];
    }),
  );
  const faults = missing.flat();
  const fine = used.size - faults.length;
  return [...faults, ...(fine > 0 ? [passed(`${fine} kinds of objects`, "all served")] : [])];
}

/** Which versions of the same group there are instead. */
async function otherVersion(client: ClusterClient, apiVersion: string): Promise<string> {
  const [group, version] = apiVersion.split("/");
  if (version === undefined) return "";
  const found = await client.get<{ versions?: readonly { version: string }[] }>(`/apis/${group}`);
  const served = (found?.versions ?? []).map((it) => it.version);
  return served.length === 0 ? "" : ` (the cluster has ${group} in ${served.join(", ")})`;
}
