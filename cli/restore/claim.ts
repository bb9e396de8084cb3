import type { Kubectl } from "../cluster";
import { UserError } from "../errors";
import { ChildFailure } from "../process";
import {
  create,
  find,
  type NewJob,
  removeWholly,
  unlessChanged,
  unsuspend,
  withdraw,
} from "./cluster";
import { LostSight, StayStopped } from "./faults";
import { endOf, runLabel } from "./job";
import { atWork, leftovers } from "./leftovers";
import { type Job, nameOf } from "./objects";

/**
 * The right to restore a store is its Job, which has one name for everybody and is made, suspended, before
 * any writer is stopped. Writers belong to several stores, so no two restores of one system go together:
 * whoever has made a Job looks for others afterwards, so that of two at least one sees the other.
 */
export async function claim(
  kubectl: Kubectl,
  namespaces: readonly string[],
  job: NewJob,
): Promise<Job> {
  const earlier = await find(kubectl, job);
  if (earlier !== undefined) {
    if (endOf(earlier) === undefined) throw atWork(earlier);
    await removeWholly(kubectl, earlier);
  }
  const own = await made(kubectl, job);
  try {
    const { begun, waiting } = await leftovers(kubectl, namespaces);
    const other = [...begun, ...waiting].find(({ metadata }) => metadata.uid !== own.metadata.uid);
    if (other !== undefined) throw atWork(other);
    return own;
  } catch (error) {
    await drop(kubectl, own);
    throw error;
  }
}

/** Makes the Job. The API server may have taken it though kubectl has failed, so it is asked then. */
async function made(kubectl: Kubectl, job: NewJob): Promise<Job> {
  try {
    return await create(kubectl, job);
  } catch (error) {
    const found = await find(kubectl, job).catch(() => {
      throw new StayStopped(
        `It is not known whether ${nameOf(job)} was made. If so, it is suspended and restores nothing.`,
        "When the cluster answers: --resume-writers removes it.",
      );
    });
    if (found === undefined) throw error;
    if (found.metadata.labels?.[runLabel] !== job.metadata.labels?.[runLabel]) throw atWork(found);
    return found;
  }
}

/**
 * Lets a claimed Job begin. It fails where the Job certainly has not and never will; where that cannot be
 * seen, it has lost sight of it.
 */
export async function begin(kubectl: Kubectl, job: Job): Promise<void> {
  try {
    await unsuspend(kubectl, job);
  } catch (error) {
    const { name, uid } = job.metadata;
    let begun: boolean;
    try {
      const now = await find(kubectl, job);
      begun = now !== undefined && now.metadata.uid === uid && now.spec.suspend !== true;
      // A request that comes late finds nothing to begin.
      if (!begun) await drop(kubectl, job);
    } catch {
      throw new LostSight(name, error);
    }
    if (!begun) throw error;
  }
}

/** Gives a claim up: removes a Job that has not begun, and no other. */
export async function drop(kubectl: Kubectl, job: Job): Promise<void> {
  try {
    await unlessChanged(async () => {
      const now = await find(kubectl, job);
      if (now === undefined || now.metadata.uid !== job.metadata.uid) return;
      if (now.spec.suspend !== true) throw new UserError(`${nameOf(job)} has begun meanwhile.`);
      await withdraw(kubectl, now);
    });
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error;
    const { name, namespace } = job.metadata;
    throw new UserError(
      `${nameOf(job)} could not be removed: ${error.output.trim()}\nIt is suspended and restores nothing.`,
      `kubectl delete job ${name} --namespace ${namespace}`,
    );
  }
}
