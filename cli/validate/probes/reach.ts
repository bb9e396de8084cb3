import {
  type Api,
  type Kind,
  kinds,
  type KubernetesObject,
  nameOf,
  type Pod,
} from "../../kubernetes";
import { failed, type Finding, unchecked, Unchecked } from "../../preflight/model";
import type { ValidationContext } from "../model";
import { isReady, podsOf, type Workload } from "../objects";
import { simulatedNodes } from "../simulated";
import { NoAnswer, type Site } from "./http";

interface Review extends KubernetesObject {
  readonly spec: object;
  readonly status?: { readonly allowed?: boolean };
}

/**
 * The pods of a workload that can be asked something.
 *
 * @throws Unchecked where there is none, or where they may not be reached
 */
export async function reachablePods(
  context: ValidationContext,
  workload: Workload,
): Promise<readonly Pod[]> {
  if (context.simulated) throw new Unchecked("its pods are simulated: nothing answers in them");
  const pods = podsOf(workload, await context.live.list(kinds.pods)).filter(isReady);
  if (pods.length === 0) throw new Unchecked(`no pod of ${nameOf(workload)} is ready`);
  const simulated = await simulatedNodes(context);
  const real = pods.filter(({ spec }) => !simulated.includes(spec?.nodeName ?? ""));
  if (real.length === 0) throw new Unchecked("its pods are simulated: nothing answers in them");
  await requireForwarding(context, workload.metadata.namespace ?? "default");
  return real;
}

/** A forwarding that is refused looks like a program that hangs up; so it is asked before. */
async function requireForwarding({ api }: ValidationContext, namespace: string): Promise<void> {
  if (await mayForward(api, namespace)) return;
  throw new Unchecked(
    `you may not forward a port to pods of ${namespace} (create pods/portforward)`,
  );
}

/** Whether ports may be forwarded to pods of a namespace; who may not even ask finds out by trying. */
export async function mayForward(api: Api, namespace: string): Promise<boolean> {
  const kind: Kind = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };
  const resourceAttributes = {
    ...{ namespace, verb: "create", resource: "pods", subresource: "portforward" },
  };
  const review: Review = { ...kind, metadata: { name: "" }, spec: { resourceAttributes } };
  const { status } = await api.create(review).catch((): Partial<Review> => ({}));
  return status?.allowed !== false;
}

/** Does something at a port of a pod. */
export async function atPort<T>(
  { forward, timeoutMs }: ValidationContext,
  { metadata }: Pod,
  port: number,
  work: (site: Site) => Promise<T>,
): Promise<T> {
  const { namespace = "default", name } = metadata;
  const forwarding = await forward({ namespace, pod: name, port });
  try {
    return await work({
      port: forwarding.port,
      timeoutMs,
      logs: `kubectl -n ${namespace} logs ${name}`,
    });
  } finally {
    await forwarding.close();
  }
}

/** A port of a workload's container by its name. @throws Unchecked where there is none */
export function portOf(workload: Workload, name: string): number {
  const ports = workload.spec?.template.spec?.containers.flatMap((it) => it.ports ?? []) ?? [];
  const port = ports.find((it) => it.name === name)?.containerPort;
  if (port === undefined) throw new Unchecked(`${nameOf(workload)} has no port ${name}`);
  return port;
}

/** What a probe finds. A program without an answer has failed; what keeps us from it leaves it open. */
export async function probed(
  subject: string,
  mend: string,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoAnswer) return [failed(subject, error.message, mend)];
    return [unchecked(subject, error instanceof Error ? error.message : String(error))];
  }
}
