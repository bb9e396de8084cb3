import { forPods, type Inventory } from "../inventory";
import { type Found, kubectl, mend, type Rule } from "../model";
import { addressOf, statusesOf, stuckOn, titleOf, type Workload } from "../workload";
import { change, some } from "./mending";
import { deletesClaims, losesByScaling } from "./retention";

/** A container that waits for what does not come. */
interface Stuck {
  readonly pod: string;
  readonly container: string;
  readonly image: string;
  readonly reason: string;
  readonly message: string | undefined;
  readonly restarts: number;
  /** `OOMKilled, exit code 137`. */
  readonly last: string | undefined;
}

const imageReasons =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError)$/;

/** Images that cannot be pulled. */
export const imagePull: Rule = {
  name: "image-pull",
  about: "images that cannot be pulled",
  needs: forPods,
  find: ({ workloads }) =>
    each(workloads, imageReasons, true, (workload, stuck, first) => {
      const { kind, namespace, name } = workload;
      const images = [...new Set(stuck.map(({ image }) => image))];
      return {
        what: `cannot pull ${images.join(" and ")} (${reasonsOf(stuck)})`,
        mend: change(
          workload,
          "Push the image to that registry, or name one that is there; where the registry asks for credentials, name a pull secret.",
          kubectl("describe", `pod/${first.pod}`, "-n", namespace),
          ...(["Job", "Pod"].includes(kind)
            ? []
            : [
                kubectl(
                  ...["set", "image", addressOf({ kind, name }), "-n", namespace],
                  `${first.container}=REGISTRY/REPOSITORY:TAG`,
                ),
              ]),
        ),
      };
    }),
};

/** Containers that end again and again, or cannot be made. */
export const crashLoop: Rule = {
  name: "crash-loop",
  about: "containers that end again and again, or cannot start",
  needs: forPods,
  find: ({ workloads }) =>
    each(workloads, imageReasons, false, (workload, stuck, first) => {
      const { kind, namespace, owner, object } = workload;
      const losing = deletesClaims(object, "whenScaled");
      const outOfMemory = stuck.some(({ last }) => last?.includes("OOMKilled"));
      const restarts = Math.max(...stuck.map((it) => it.restarts));
      const told = restarts === 0 ? "" : `, started again ${String(restarts)} times`;
      return {
        what: `does not come up (${reasonsOf(stuck)})${told}`,
        mend: mend(
          [
            outOfMemory
              ? "It ran out of memory: raise the limit, once its log says that it needs that much."
              : "Its own log says why it ended.",
            losing ? `It ${losesByScaling}` : "Stop it until that is mended.",
          ].join(" "),
          kubectl(
            ...["logs", `pod/${first.pod}`, "-c", first.container, "-n", namespace],
            ...(restarts > 0 ? ["--previous"] : []),
          ),
          ...(owner === "neither" && !losing && ["Deployment", "StatefulSet"].includes(kind)
            ? [kubectl("scale", addressOf(workload), "-n", namespace, "--replicas=0")]
            : []),
        ),
      };
    }),
};

function each(
  workloads: readonly Workload[],
  reasons: RegExp,
  wanted: boolean,
  tell: (workload: Workload, stuck: readonly Stuck[], first: Stuck) => Pick<Found, "what" | "mend">,
): readonly Found[] {
  return workloads.flatMap((workload) => {
    const stuck = stuckIn(workload).filter(({ reason }) => reasons.test(reason) === wanted);
    const [first] = stuck;
    if (first === undefined) return [];
    const { namespace } = workload;
    const evidence = some(stuck.map(lineOf));
    const subject = titleOf(workload);
    return [{ level: "critical", subject, namespace, evidence, ...tell(workload, stuck, first) }];
  });
}

function stuckIn({ pods }: Workload): readonly Stuck[] {
  return pods.flatMap((pod) =>
    statusesOf(pod).flatMap((status) => {
      const stuck = stuckOn(status);
      if (stuck === undefined) return [];
      const { reason, exitCode } = status.lastState?.terminated ?? {};
      return [
        {
          pod: pod.metadata.name,
          container: status.name,
          image: status.image,
          reason: stuck.reason,
          message: stuck.message,
          restarts: status.restartCount,
          last:
            exitCode === undefined
              ? undefined
              : `${reason ?? "ended"}, exit code ${String(exitCode)}`,
        },
      ];
    }),
  );
}

function lineOf({ pod, container, reason, message, restarts, last }: Stuck): string {
  return [
    `pod ${pod}, container ${container}: ${reason}`,
    ...(message === undefined ? [] : [message]),
    ...(restarts === 0 ? [] : [`${String(restarts)} restarts`]),
    ...(last === undefined ? [] : [`last ended as ${last}`]),
  ].join("; ");
}

function reasonsOf(stuck: readonly Stuck[]): string {
  return [...new Set(stuck.map(({ reason }) => reason))].sort().join(", ");
}

/** Whether a pod has a container that {@link imagePull} or {@link crashLoop} tells of. */
export function isStuck(pod: Inventory["pods"][number]): boolean {
  return statusesOf(pod).some((status) => stuckOn(status) !== undefined);
}
