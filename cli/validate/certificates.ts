import { type Kind, kinds, type KubernetesObject, nameOf, type Secret } from "../kubernetes";
import { certificateFindings } from "../preflight/certificates";
import { failed, type Finding, passed, unchecked } from "../preflight/model";
import type { ValidationContext } from "./model";
import { counterpart, declaredOf, inNamespace } from "./objects";

/** What is read of cert-manager's Certificate. */
export interface Certificate extends KubernetesObject {
  readonly spec?: { readonly secretName?: string };
  readonly status?: {
    readonly notAfter?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

export const certificateKind: Kind<Certificate> = {
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
};

/** Whether each certificate has been issued, and for how long it is good. */
export async function certificates(context: ValidationContext): Promise<readonly Finding[]> {
  const { declared, live, again, simulated } = context;
  const own = declaredOf(declared, certificateKind);
  const tls = tlsUses(declared);
  if (own.length + tls.length === 0) return [passed("Certificates", "the stack has none")];
  const [found, secrets] = await Promise.all([
    live.list(certificateKind),
    live.list(kinds.secrets),
  ]);
  return [
    ...own.map((one) => certificateFinding(one, counterpart(found, one), { again, simulated })),
    ...tls.flatMap((use) => {
      const ordered = found.find(
        ({ metadata, spec }) =>
          metadata.namespace === use.namespace && spec?.secretName === use.secretName,
      );
      return tlsFindings(use, secrets, ordered, context);
    }),
  ];
}

/** Whether a Certificate of cert-manager's is issued. On the embedded cluster nobody issues one. */
export function certificateFinding(
  declared: Certificate,
  live: Certificate | undefined,
  { again, simulated }: Pick<ValidationContext, "again" | "simulated">,
): Finding {
  const subject = nameOf(declared);
  if (live === undefined) return failed(subject, "not on the cluster", again);
  const ready = live.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined && simulated) {
    return unchecked(subject, "nobody issues certificates on the embedded cluster");
  }
  const until = live.status?.notAfter?.slice(0, 10) ?? "a day that it does not say";
  if (ready?.status === "True") return passed(subject, `issued, and good until ${until}`);
  return failed(
    subject,
    ready === undefined
      ? "not issued: cert-manager has said nothing of it"
      : `not issued: ${ready.message ?? ready.reason ?? "it does not say why"}`,
    `kubectl ${inNamespace(live)} describe certificate ${live.metadata.name}`,
  );
}

/** The certificate of an Ingress. */
export interface TlsUse {
  readonly namespace: string;
  readonly secretName: string;
  readonly hosts: readonly string[];
  /** Whether cert-manager makes it by the annotation of the Ingress. */
  readonly issued: boolean;
}

function tlsUses(declared: readonly KubernetesObject[]): readonly TlsUse[] {
  return declaredOf(declared, kinds.ingresses).flatMap(({ metadata, spec }) =>
    (spec?.tls ?? []).flatMap(({ secretName, hosts = [] }) =>
      secretName === undefined
        ? []
        : [
            {
              namespace: metadata.namespace ?? "default",
              secretName,
              hosts,
              issued: metadata.annotations?.["cert-manager.io/cluster-issuer"] !== undefined,
            },
          ],
    ),
  );
}

/** What browsers are shown. A certificate is public; the key beside it is not looked at. */
export function tlsFindings(
  { namespace, secretName, hosts, issued }: TlsUse,
  secrets: readonly Secret[],
  ordered: Certificate | undefined,
  { now, simulated }: Pick<ValidationContext, "now" | "simulated">,
): readonly Finding[] {
  const subject = `Secret ${namespace}/${secretName}`;
  const secret = secrets.find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === secretName,
  );
  const text = secret?.data?.["tls.crt"];
  if (text !== undefined) return certificateFindings(subject, text, hosts, now);
  const what = `Certificate for ${hosts.join(", ")}`;
  if (simulated && issued) {
    return [unchecked(what, "nobody issues certificates on the embedded cluster")];
  }
  const condition = ordered?.status?.conditions?.find(({ type }) => type === "Ready");
  const why = condition?.message ?? "nothing has been said of it";
  return [
    issued
      ? failed(
          what,
          `${subject} is not there: ${why}`,
          `kubectl -n ${namespace} describe certificate,order,challenge`,
        )
      : failed(
          what,
          `${subject} is not there, or has no tls.crt`,
          `Make it: kubectl -n ${namespace} create secret tls ${secretName} --cert=FILE --key=FILE`,
        ),
  ];
}
