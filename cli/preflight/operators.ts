import type { LiveObject } from "./cluster";
import {
  attempt,
  failed,
  type Finding,
  passed,
  type PreflightContext,
  unchecked,
  warning,
} from "./model";
import { containersOf, ofKind, type StackObject } from "./objects";

interface Issuer extends LiveObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
  };
}

interface SnapshotClass extends LiveObject {
  readonly driver: string;
}

/** What the operators have to be given by others before ours can ask them: issuers, snapshot classes, namespaces. */
export async function operators(context: PreflightContext): Promise<readonly Finding[]> {
  const found = await Promise.all([
    ...issuersOf(context.objects).map((issuer) =>
      attempt(issuer.subject, () => issuerFinding(context, issuer)),
    ),
    attempt("VolumeSnapshotClasses", () => snapshotClasses(context)),
    ...sharedNamespaces(context).map(({ namespace, setting }) =>
      attempt(`Namespace ${namespace}`, () => sharedNamespace(context, namespace, setting)),
    ),
  ]);
  return found.flat();
}

interface IssuerUse {
  readonly subject: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** The issuers that certificates and ingresses name and the stack does not make. */
export function issuersOf(objects: readonly StackObject[]): readonly IssuerUse[] {
  const uses = objects.flatMap(({ kind, metadata, spec }): IssuerUse[] => {
    const annotation = metadata.annotations?.["cert-manager.io/cluster-issuer"];
    if (kind === "Ingress" && annotation !== undefined) {
      return [{ subject: `ClusterIssuer ${annotation}`, kind: "ClusterIssuer", name: annotation }];
    }
    const reference = spec?.issuerRef as { kind?: string; name: string } | undefined;
    if (kind !== "Certificate" || reference === undefined) return [];
    const { name, kind: of = "Issuer" } = reference;
    if (of === "ClusterIssuer") return [{ subject: `${of} ${name}`, kind: of, name }];
    const { namespace = "default" } = metadata;
    return [{ subject: `${of} ${namespace}/${name}`, kind: of, name, namespace }];
  });
  const made = (use: IssuerUse): boolean =>
    ofKind(objects, use.kind).some(({ metadata }) => metadata.name === use.name);
  return [...new Map(uses.map((use) => [use.subject, use])).values()].filter((use) => !made(use));
}

async function issuerFinding(
  { cluster }: PreflightContext,
  { subject, kind, name, namespace }: IssuerUse,
): Promise<readonly Finding[]> {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const client = cluster();
  const path = await client.pathOf({ apiVersion: "cert-manager.io/v1", kind, metadata });
  if (path === undefined) return [unchecked(subject, `the cluster does not know ${kind}`)];
  const found = await client.get<Issuer>(path);
  const mend = "Make it, or name another one in the settings: nobody would issue the certificate.";
  if (found === undefined) return [failed(subject, "not on the cluster", mend)];
  const ready = found.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined) {
    return [unchecked(subject, "there; it does not say whether it is ready")];
  }
  if (ready.status === "True") return [passed(subject, "there, and ready")];
  const why = ready.message ?? "it does not say why";
  return [failed(subject, `there, and not ready: ${why}`, `kubectl describe ${kind} ${name}`)];
}

async function snapshotClasses({
  cluster,
  objects,
}: PreflightContext): Promise<readonly Finding[]> {
  const wanted = classesWanted(objects);
  if (wanted.length === 0) return [passed("VolumeSnapshotClasses", "no snapshots are made")];
  const live = await cluster().list<SnapshotClass>(
    "/apis/snapshot.storage.k8s.io/v1/volumesnapshotclasses",
  );
  const named = wanted.filter((name) => name !== "").map((name) => namedFinding(name, live));
  return wanted.includes("") ? [...named, standardFinding(live)] : named;
}

/** The classes of which the stack's jobs make snapshots; "" is the default one. */
function classesWanted(objects: readonly StackObject[]): readonly string[] {
  const found = ofKind(objects, "CronJob")
    .flatMap(containersOf)
    .flatMap(({ env = [] }) => env.filter(({ name }) => name === "SNAPSHOT_CLASS"))
    .map(({ value = "" }) => value);
  return [...new Set(found)].sort();
}

function namedFinding(name: string, live: readonly SnapshotClass[]): Finding {
  const subject = `VolumeSnapshotClass ${name}`;
  const found = live.find(({ metadata }) => metadata.name === name);
  if (found !== undefined) return passed(subject, `there, for ${found.driver}`);
  const mend = "Make it, or name another one as the className of the store's backup.";
  return failed(subject, "not on the cluster", mend);
}

function standardFinding(live: readonly SnapshotClass[]): Finding {
  const subject = "Default VolumeSnapshotClass";
  const isDefault = "snapshot.storage.kubernetes.io/is-default-class";
  const standard = live.filter(({ metadata }) => metadata.annotations?.[isDefault] === "true");
  if (standard.length > 0) {
    return passed(subject, `there, for ${standard.map(({ driver }) => driver).join(", ")}`);
  }
  return warning(
    subject,
    "no class is marked as the default one, and there are snapshots whose settings name none",
    `Annotate one with ${isDefault}: "true", or set the className of the store's backup.`,
  );
}

function sharedNamespaces({
  settings,
}: PreflightContext): readonly { readonly namespace: string; readonly setting: string }[] {
  const { namespaces, capabilities } = settings.cluster;
  const used = {
    dns: true,
    prometheus: capabilities.prometheusOperator,
    keda: capabilities.keda,
  };
  return (["dns", "prometheus", "keda"] as const)
    .filter((part) => used[part])
    .map((part) => ({
      namespace: namespaces[part],
      setting: `platform:cluster.namespaces.${part}`,
    }));
}

async function sharedNamespace(
  { cluster }: PreflightContext,
  namespace: string,
  setting: string,
): Promise<readonly Finding[]> {
  const subject = `Namespace ${namespace}`;
  if ((await cluster().get(`/api/v1/namespaces/${namespace}`)) !== undefined) {
    return [passed(subject, `there, as ${setting} says`)];
  }
  const evidence = `${setting} names it, and it is not there: policies would let nobody in or out`;
  return [warning(subject, evidence, `Correct ${setting}.`)];
}
