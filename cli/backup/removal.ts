import { setTimeout as sleep } from "node:timers/promises";

import { type Api, kinds, type Reference } from "../kubernetes";
import type { Pace } from "./work";

const removalSeconds = 120;

/**
 * Removes something until its pods have gone too: they have the volume.
 *
 * @throws Error where it is not gone in time
 */
export async function removeWholly(
  api: Api,
  object: Reference,
  { pollMs }: Pick<Pace, "pollMs">,
): Promise<void> {
  await api.remove(object);
  const { name, namespace = "" } = object.metadata;
  const selector = `batch.kubernetes.io/job-name=${name}`;
  for (const end = Date.now() + removalSeconds * 1000; Date.now() < end;) {
    const isThere = (await api.read(object, name, namespace)) !== undefined;
    const pods = object.kind === "Job" ? await api.list(kinds.pods, { namespace, selector }) : [];
    if (!isThere && pods.length === 0) return;
    await sleep(pollMs);
  }
  throw new Error(`${object.kind} ${name} is not gone after ${String(removalSeconds)} s`);
}
