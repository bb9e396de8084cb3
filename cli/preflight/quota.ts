import { amount, type Amounts, amountText } from "./amounts";
import type { ClusterClient, LiveObject } from "./cluster";
import { type LiveClaim, type LivePod, othersUse, steadyDemand } from "./demand";
import { limitFindings, type LimitRange } from "./limits";
import {
  attempt,
  failed,
  type Finding,
  passed,
  type PreflightContext,
  unchecked,
  warning,
} from "./model";
import { namespacesOf, ofKind, type StackObject } from "./objects";

interface Quota extends LiveObject {
  readonly spec?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: unknown;
  };
}

/** Whether the quotas of the namespaces have room for the stack beside what others run there. */
export async function quotas({ cluster, objects }: PreflightContext): Promise<readonly Finding[]> {
  const client = cluster();
  const found = await Promise.all(
    namespacesOf(objects).map((namespace) =>
      attempt(`Namespace ${namespace}`, () =>
        inNamespace(
          client,
          namespace,
          objects.filter(({ metadata }) => metadata.namespace === namespace),
        ),
      ),
    ),
  );
  return found.flat();
}

async function inNamespace(
  client: ClusterClient,
  namespace: string,
  objects: readonly StackObject[],
): Promise<readonly Finding[]> {
  const base = `/api/v1/namespaces/${namespace}`;
  if ((await client.get(base)) === undefined) {
    return [passed(`Namespace ${namespace}`, "not there yet: nobody's quota is in the way")];
  }
  const [live, limits, pods, claims] = await Promise.all([
    client.list<Quota>(`${base}/resourcequotas`),
    client.list<LimitRange>(`${base}/limitranges`),
    client.list<LivePod>(`${base}/pods`),
    client.list<LiveClaim>(`${base}/persistentvolumeclaims`),
  ]);
  const others = othersUse(pods, claims, objects);
  const ours = ofKind(objects, "ResourceQuota");
  const isOurs = (it: LiveObject, kind: string): boolean =>
    ofKind(objects, kind).some(({ metadata }) => metadata.name === it.metadata.name);
  const steady = steadyDemand(objects);
  const peak = amountsOf(ours[0]);
  const foreign = live.filter((it) => !isOurs(it, "ResourceQuota"));
  return [
    // Ours as it will be, and those of others as they are.
    ...ours.flatMap((it) =>
      quotaFindings(it as unknown as Quota, { steady, peak: steady, others }),
    ),
    ...foreign.flatMap((it) => quotaFindings(it, { steady, peak, others })),
    ...limitFindings(
      limits.filter((it) => !isOurs(it, "LimitRange")),
      namespace,
      objects,
    ),
  ];
}

/** What has to fit into a quota. */
export interface Demand {
  /** What is held all the time. */
  readonly steady: Amounts;
  /** With rolling updates, jobs and autoscalers at their maximum. */
  readonly peak: Amounts;
  /** What others hold in the same namespace. */
  readonly others: Amounts;
}

/** One quota against what has to fit into it. */
export function quotaFindings(quota: Quota, demand: Demand): readonly Finding[] {
  const { name, namespace = "" } = quota.metadata;
  const subject = `ResourceQuota ${namespace}/${name}`;
  if (quota.spec?.scopes !== undefined || quota.spec?.scopeSelector !== undefined) {
    return [
      unchecked(subject, "it counts some pods only, by its scopes; which, is not worked out"),
    ];
  }
  const hard = Object.entries(amountsOf(quota));
  const findings = hard.flatMap(([key, limit]) => lineFindings(subject, key, limit, demand));
  const known = hard.filter(([key]) => isKnown(key, demand)).length;
  const fine = findings.every(({ status }) => status === "unchecked");
  return fine && known > 0
    ? [...findings, passed(subject, `has room for what the stack holds (${known} amounts)`)]
    : findings;
}

function lineFindings(
  subject: string,
  name: string,
  limit: number,
  demand: Demand,
): readonly Finding[] {
  const key = standard(name);
  if (!isKnown(name, demand)) {
    return [unchecked(`${subject}, ${name}`, "what the stack needs of it is not worked out")];
  }
  const others = demand.others[key] ?? 0;
  const text = (value: number): string => amountText(key, value);
  const left = limit - others;
  const says = `${name} is ${text(limit)}, others hold ${text(others)}`;
  const mend = `Raise ${name} of ${subject}, or ask for less in the settings.`;
  const steady = demand.steady[key] ?? 0;
  if (steady > left) {
    const short = `the stack needs ${text(steady)} all the time: ${text(steady - left)} too much`;
    return [failed(subject, `${says}; ${short}`, mend)];
  }
  const peak = demand.peak[key] ?? 0;
  if (peak > left) {
    const short = `${text(peak)} with rolling updates, jobs and autoscalers at their maximum`;
    return [warning(subject, `${says}; the stack needs ${text(steady)}, and ${short}`, mend)];
  }
  return [];
}

/** A quota may leave out that it means requests. */
function standard(name: string): string {
  return name === "cpu" || name === "memory" ? `requests.${name}` : name;
}

const compute = /^(requests|limits)\.(cpu|memory)$/;

function isKnown(name: string, { steady }: Demand): boolean {
  const key = standard(name);
  const always = ["pods", "persistentvolumeclaims", "requests.storage"];
  return compute.test(key) || always.includes(key) || steady[key] !== undefined;
}

function amountsOf(quota: Quota | undefined): Amounts {
  const hard = Object.entries(quota?.spec?.hard ?? {});
  return Object.fromEntries(hard.map(([name, value]) => [name, amount(value)]));
}
